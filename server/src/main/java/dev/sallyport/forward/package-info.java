/** One TCP forward, from open to close. */
@NullMarked
package dev.sallyport.forward;

import org.jspecify.annotations.NullMarked;
