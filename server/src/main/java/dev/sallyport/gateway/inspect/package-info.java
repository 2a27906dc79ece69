/**
 * The SSH connection inside a forward whose rule demands recording. It ends at the bastion, which
 * shows a host key of its own, and its channels are handed to the relay.
 */
@NullMarked
package dev.sallyport.gateway.inspect;

import org.jspecify.annotations.NullMarked;
