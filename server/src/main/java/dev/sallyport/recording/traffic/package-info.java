/** Tells the shape of a forward that is carried as it is: how much when, and what it looks like. */
@NullMarked
package dev.sallyport.recording.traffic;

import org.jspecify.annotations.NullMarked;
