/**
 * Joins channels of a client's connection to channels of the bastion's own connection to a target,
 * and records what passes.
 */
@NullMarked
package dev.sallyport.gateway.relay;

import org.jspecify.annotations.NullMarked;
