/**
 * Joins a channel of the client's connection to its twin on the bastion's own connection to a
 * target, and sees everything that passes.
 */
@NullMarked
package dev.sallyport.gateway.relay;

import org.jspecify.annotations.NullMarked;
