/** Programs that the build of the distribution runs; nothing of this is shipped. */
@NullMarked
package dev.sallyport.build;

import org.jspecify.annotations.NullMarked;
