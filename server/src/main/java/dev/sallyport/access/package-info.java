/** What the user of a connection may do now; asked anew each time, never remembered. */
@NullMarked
package dev.sallyport.access;

import org.jspecify.annotations.NullMarked;
