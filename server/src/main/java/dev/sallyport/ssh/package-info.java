/** The parts that all SSH connections of the bastion share, over sockets and inside forwards. */
@NullMarked
package dev.sallyport.ssh;

import org.jspecify.annotations.NullMarked;
