/**
 * The transport of SSH connections: blocking sockets, and the data of forwards. Waiting virtual
 * threads cost little, a peer that does not read blocks only its own writers, and nothing is
 * queued.
 */
@NullMarked
package dev.sallyport.transport;

import org.jspecify.annotations.NullMarked;
