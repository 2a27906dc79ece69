package dev.sallyport.ssh;

import java.time.Duration;

/**
 * How long a connection may keep us waiting.
 *
 * @param loginGrace from its beginning to the end of authentication: who is silent does not hold
 *     its place
 * @param keepAliveInterval silence after which the client is asked whether it is there; zero means
 *     never
 * @param keepAliveCount unanswered questions after which the connection ends: a dead peer holds no
 *     socket
 * @param keyExchangeTimeout longest time for a key exchange after the first: a peer that stalls one
 *     holds no memory
 */
public record TimeLimits(
    Duration loginGrace,
    Duration keepAliveInterval,
    int keepAliveCount,
    Duration keyExchangeTimeout) {}
