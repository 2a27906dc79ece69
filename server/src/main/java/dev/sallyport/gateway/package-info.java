/**
 * SSH connections to targets on behalf of users: credentials, trusted host keys, and the relay
 * between the client's channels and the target's.
 */
@NullMarked
package dev.sallyport.gateway;

import org.jspecify.annotations.NullMarked;
