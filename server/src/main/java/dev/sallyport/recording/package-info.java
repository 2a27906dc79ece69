/**
 * Writes recordings, retains them for the configured time, and finalises those that a crash left.
 */
@NullMarked
package dev.sallyport.recording;

import org.jspecify.annotations.NullMarked;
