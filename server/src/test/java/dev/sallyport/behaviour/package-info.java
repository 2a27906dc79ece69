/** How the running server behaves to stock programs, seen from outside. */
@NullMarked
package dev.sallyport.behaviour;

import org.jspecify.annotations.NullMarked;
