package dev.sallyport.connection;

import dev.sallyport.ssh.TimeLimits;
import java.time.Duration;

/**
 * Limits for unauthenticated clients and users ({@code sallyport.limits}). Each names the attack or
 * accident that it stops.
 *
 * @param unauthenticatedStart number of unauthenticated connections from which new ones are refused
 *     at random; with {@code unauthenticatedRate} and {@code unauthenticatedFull} the same as
 *     OpenSSH's MaxStartups: a flood cannot lock everybody out
 * @param unauthenticatedRate the chance in percent, 1 to 100, of a refusal at {@code
 *     unauthenticatedStart}; it grows linearly to 100 at {@code unauthenticatedFull}
 * @param unauthenticatedFull number of unauthenticated connections at which every new one is
 *     refused: bounds memory
 * @param unauthenticatedPerSource unauthenticated connections of one source (an IPv4 address, an
 *     IPv6 /64): one source cannot use up the whole allowance
 * @param loginGrace time from connection to authentication: a silent connection does not keep its
 *     place
 * @param authenticationTries failed attempts, and refused keys, until the connection ends: guessing
 *     costs a connection, and so does finding out which keys are accepted
 * @param connectionsPerUser live connections of one user: one stolen key cannot use up the bastion
 * @param channelsPerConnection open channels of one connection, opening ones included: bounds
 *     memory and sockets
 * @param keepAliveInterval silence after which a keep-alive is sent ({@code keepalive@openssh.com})
 * @param keepAliveCount unanswered keep-alives after which the connection ends: a peer whose kernel
 *     answers {@link dev.sallyport.transport.TcpKeepAlive probes} but whose program does not holds
 *     no socket
 * @param keyExchangeTimeout longest time for a key exchange after the first: a peer that stalls one
 *     holds no memory
 */
public record Limits(
    int unauthenticatedStart,
    int unauthenticatedRate,
    int unauthenticatedFull,
    int unauthenticatedPerSource,
    Duration loginGrace,
    int authenticationTries,
    int connectionsPerUser,
    int channelsPerConnection,
    Duration keepAliveInterval,
    int keepAliveCount,
    Duration keyExchangeTimeout) {
  /**
   * Safe for a bastion of a few hundred engineers. One source may have a hundred logins in
   * progress, as Ansible with {@code forks = 100}, and a user as many connections. Yet no single
   * source reaches the number from which others are refused.
   */
  public static final Limits DEFAULT =
      new Limits(
          200,
          30,
          220,
          128,
          Duration.ofSeconds(60),
          6,
          128,
          256,
          Duration.ofMinutes(5),
          3,
          Duration.ofSeconds(60));

  /** The time limits of a connection. */
  public TimeLimits time() {
    return new TimeLimits(loginGrace, keepAliveInterval, keepAliveCount, keyExchangeTimeout);
  }
}
