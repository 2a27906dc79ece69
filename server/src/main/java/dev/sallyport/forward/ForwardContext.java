package dev.sallyport.forward;

import dev.sallyport.access.Caller;

/**
 * What a forward knows of the connection it belongs to.
 *
 * @param inspection where the forward goes when its rule demands a recorded session
 * @param ended called once when the forward is over, whether it ever opened or not: gives the
 *     channel's place back
 */
public record ForwardContext(Caller caller, Inspection inspection, Runnable ended) {}
