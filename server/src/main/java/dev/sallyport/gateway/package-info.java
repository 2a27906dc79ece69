/**
 * SSH to a target on the user's behalf: the connection, what it logs in with, whom it trusts, and
 * what joins it to the client's.
 */
@NullMarked
package dev.sallyport.gateway;

import org.jspecify.annotations.NullMarked;
