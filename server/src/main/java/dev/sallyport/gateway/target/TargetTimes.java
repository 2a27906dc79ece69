package dev.sallyport.gateway.target;

import java.time.Duration;

/**
 * How long the bastion waits for targets.
 *
 * @param login from the connected socket to the end of the login: a target that is silent, or a
 *     user's agent that never answers, must not hold a thread and a socket for ever
 * @param keepAlive a target that is silent for so long is asked whether it is there
 * @param unanswered so many questions without an answer end the connection
 * @param keyExchange one key exchange after the first: until it is over, nothing can be sent
 */
record TargetTimes(Duration login, Duration keepAlive, int unanswered, Duration keyExchange) {
  /** As OpenSSH's defaults, where it has some. */
  static final TargetTimes DEFAULT =
      new TargetTimes(Duration.ofSeconds(30), Duration.ofSeconds(15), 3, Duration.ofSeconds(60));
}
