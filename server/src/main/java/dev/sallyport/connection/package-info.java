/** Accepts SSH clients, authenticates them, enforces the limits, and creates their channels. */
@NullMarked
package dev.sallyport.connection;

import org.jspecify.annotations.NullMarked;
