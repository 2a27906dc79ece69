/** What people install, as it lies in {@code target/sallyport}. */
@NullMarked
package dev.sallyport.dist;

import org.jspecify.annotations.NullMarked;
