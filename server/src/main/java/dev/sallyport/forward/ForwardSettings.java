package dev.sallyport.forward;

import java.time.Duration;

/**
 * Time limits of forwards ({@code sallyport.limits}).
 *
 * @param connectTimeout time to connect, for all addresses of a target together: a target that
 *     drops packets does not hold a thread for long
 * @param attemptDelay time from one attempt to the next while the first has not ended (RFC 8305,
 *     section 5)
 * @param idleTimeout time without a byte in either direction after which a forward ends; zero means
 *     never
 * @param maxDuration longest duration of a forward; zero means no limit
 */
public record ForwardSettings(
    Duration connectTimeout, Duration attemptDelay, Duration idleTimeout, Duration maxDuration) {
  /** Database pools and shells may be idle for a day; longer ones have been forgotten. */
  public static final ForwardSettings DEFAULT =
      new ForwardSettings(
          Duration.ofSeconds(10), Duration.ofMillis(250), Duration.ofHours(24), Duration.ZERO);
}
