/**
 * Summarises the traffic of a forward that is not recorded: how much passes when, and which
 * protocol it appears to be.
 */
@NullMarked
package dev.sallyport.recording.traffic;

import org.jspecify.annotations.NullMarked;
