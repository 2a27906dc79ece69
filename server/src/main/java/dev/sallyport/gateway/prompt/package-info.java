/**
 * What a user types to get to a target through the bastion itself: the gateway command and the
 * gateway prompt, on plain streams.
 */
@NullMarked
package dev.sallyport.gateway.prompt;

import org.jspecify.annotations.NullMarked;
