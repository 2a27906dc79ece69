/** Decides which input may be recorded: only what the target echoed. */
@NullMarked
package dev.sallyport.recording.input;

import org.jspecify.annotations.NullMarked;
