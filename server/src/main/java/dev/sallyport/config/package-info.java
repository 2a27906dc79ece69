/** Turns HOCON into the records that the other packages own, or into a full list of errors. */
@NullMarked
package dev.sallyport.config;

import org.jspecify.annotations.NullMarked;
