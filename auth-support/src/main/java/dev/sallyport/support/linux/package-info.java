/**
 * Calls into the C library that Java has no API for. All of Sallyport's native calls are here, so
 * that the launcher can give native access to this package's jar and to nothing else. Everything
 * that is passed on is checked first; nothing here keeps memory.
 */
@NullMarked
package dev.sallyport.support.linux;

import org.jspecify.annotations.NullMarked;
