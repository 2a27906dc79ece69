/** The command line, and the wiring of everything. */
@NullMarked
package dev.sallyport;

import org.jspecify.annotations.NullMarked;
