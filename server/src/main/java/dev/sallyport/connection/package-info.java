/** Accepts SSH clients, holds the limits, and sends each channel to its room. */
@NullMarked
package dev.sallyport.connection;

import org.jspecify.annotations.NullMarked;
