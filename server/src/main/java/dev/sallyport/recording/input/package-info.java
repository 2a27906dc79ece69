/** Decides what of a user's typing may be recorded: only what the target showed on the screen. */
@NullMarked
package dev.sallyport.recording.input;

import org.jspecify.annotations.NullMarked;
