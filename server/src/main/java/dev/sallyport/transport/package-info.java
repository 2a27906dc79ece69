/**
 * What SSH connections run over: blocking sockets, and the bytes of forwards. A thread that waits
 * costs nothing, a peer that does not read holds up only those who write to it, and nothing is
 * queued.
 */
@NullMarked
package dev.sallyport.transport;

import org.jspecify.annotations.NullMarked;
