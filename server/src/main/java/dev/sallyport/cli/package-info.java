/** The commands that operators type, and their output. */
@NullMarked
package dev.sallyport.cli;

import org.jspecify.annotations.NullMarked;
