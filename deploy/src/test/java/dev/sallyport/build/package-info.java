/** The programs that the build of the distribution runs. */
@NullMarked
package dev.sallyport.build;

import org.jspecify.annotations.NullMarked;
