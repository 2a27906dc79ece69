package dev.sallyport.gateway.outbound;

import java.time.Duration;

/**
 * Time limits for targets.
 *
 * @param login from the connected socket to the end of the login: a target that is silent, or a
 *     user's agent that never answers, must not hold a thread and a socket for ever
 * @param keepAlive silence of the target after which a keep-alive is sent
 * @param unanswered the number of unanswered keep-alives that ends the connection
 * @param keyExchange each key exchange after the first; nothing can be sent while it lasts
 */
record TargetTimes(Duration login, Duration keepAlive, int unanswered, Duration keyExchange) {
  /** As OpenSSH's defaults, where there are any. */
  static final TargetTimes DEFAULT =
      new TargetTimes(Duration.ofSeconds(30), Duration.ofSeconds(15), 3, Duration.ofSeconds(60));
}
