/** Starts the server: {@code Bastion} makes its parts and closes them in reverse order. */
@NullMarked
package dev.sallyport;

import org.jspecify.annotations.NullMarked;
