/** The demo as a person meets it. */
@NullMarked
package dev.sallyport.demo;

import org.jspecify.annotations.NullMarked;
