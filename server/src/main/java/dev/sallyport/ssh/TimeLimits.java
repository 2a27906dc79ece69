package dev.sallyport.ssh;

import java.time.Duration;

/**
 * Time limits of a connection.
 *
 * @param loginGrace from its beginning to the end of authentication: a silent client does not keep
 *     its place
 * @param keepAliveInterval silence after which a keep-alive is sent; zero means never
 * @param keepAliveCount unanswered keep-alives after which the connection ends: a dead peer holds
 *     no socket
 * @param keyExchangeTimeout longest time for a key exchange after the first: a peer that stalls one
 *     holds no memory
 */
public record TimeLimits(
    Duration loginGrace,
    Duration keepAliveInterval,
    int keepAliveCount,
    Duration keyExchangeTimeout) {}
