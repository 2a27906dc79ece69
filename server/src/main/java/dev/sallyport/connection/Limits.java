package dev.sallyport.connection;

import dev.sallyport.ssh.TimeLimits;
import java.time.Duration;

/**
 * What unauthenticated clients and users may take of the bastion at most ({@code
 * sallyport.limits}). Every limit says which attack or accident it stops.
 *
 * @param unauthenticatedStart unauthenticated connections from which on new ones are refused at
 *     random; with {@code unauthenticatedRate} and {@code unauthenticatedFull} OpenSSH's
 *     MaxStartups: a flood cannot lock everybody out
 * @param unauthenticatedRate the chance in percent, 1 to 100, of a refusal at {@code
 *     unauthenticatedStart}; it grows linearly to 100 at {@code unauthenticatedFull}
 * @param unauthenticatedFull unauthenticated connections at which every new one is refused: bounds
 *     memory
 * @param unauthenticatedPerSource unauthenticated connections of one source (an IPv4 address, an
 *     IPv6 /64): one source cannot use up the whole allowance
 * @param loginGrace from connection to authentication: a silent connection does not hold its place
 * @param authenticationTries failed attempts, and keys offered in vain, until the connection ends:
 *     guessing costs a connection, and so does finding out which keys there are
 * @param connectionsPerUser live connections of one user: one stolen key cannot use up the bastion
 * @param channelsPerConnection open channels of one connection, opening ones included: bounds
 *     memory and sockets
 * @param keepAliveInterval silence after which the client is asked whether it is there ({@code
 *     keepalive@openssh.com})
 * @param keepAliveCount unanswered questions after which the connection ends: a peer that is there
 *     only for the kernel's {@link dev.sallyport.transport.TcpKeepAlive probes} holds no socket
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
   * Safe for a bastion of a few hundred engineers. One source may have a hundred logins under way,
   * as Ansible with {@code forks = 100} has behind one address, and a user as many connections; yet
   * no source alone comes near the number from which on others are refused.
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

  /** The limits of time of one connection. */
  public TimeLimits time() {
    return new TimeLimits(loginGrace, keepAliveInterval, keepAliveCount, keyExchangeTimeout);
  }
}
