/** What all SSH connections of the bastion have in common, on whatever they run. */
@NullMarked
package dev.sallyport.ssh;

import org.jspecify.annotations.NullMarked;
