/**
 * The SSH connection inside a forward whose rule demands a record: ends it at the bastion, with the
 * key of the target's place, and gives its channels to who relays them.
 */
@NullMarked
package dev.sallyport.gateway.inspect;

import org.jspecify.annotations.NullMarked;
