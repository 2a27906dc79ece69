/**
 * Sockets for the SSH library: blocking channels on virtual threads. A thread that waits costs
 * nothing, a peer that does not read holds up only those who write to it, and nothing is queued.
 */
@NullMarked
package dev.sallyport.connection.transport;

import org.jspecify.annotations.NullMarked;
