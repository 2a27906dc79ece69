/**
 * Writes recordings, keeps them as long as they should be kept, and makes good what a crash left.
 */
@NullMarked
package dev.sallyport.recording;

import org.jspecify.annotations.NullMarked;
