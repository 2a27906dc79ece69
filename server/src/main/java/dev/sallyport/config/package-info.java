/**
 * Parses HOCON into the settings records of the other packages, or into a complete list of errors.
 */
@NullMarked
package dev.sallyport.config;

import org.jspecify.annotations.NullMarked;
