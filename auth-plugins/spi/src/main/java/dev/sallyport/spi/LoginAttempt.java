package dev.sallyport.spi;

import java.net.InetAddress;
import java.time.Instant;

/**
 * Who wants to be whom, from where.
 *
 * @param user the name as the client sent it (RFC 4252, section 5): any text at all, so never a
 *     path as it is
 * @param source the address the connection comes from
 * @param at when the question is asked
 */
public record LoginAttempt(String user, InetAddress source, Instant at) {}
