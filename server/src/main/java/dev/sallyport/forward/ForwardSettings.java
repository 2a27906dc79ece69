package dev.sallyport.forward;

import java.time.Duration;

/**
 * How long forwards may take and last ({@code sallyport.limits}).
 *
 * @param connectTimeout for all addresses of a target together: a target that swallows packets
 *     holds no thread for long
 * @param attemptDelay from one address to the next while the first is still trying (RFC 8305,
 *     section 5)
 * @param idleTimeout without a byte either way until a forward ends; zero means never
 * @param maxDuration from open to end; zero means never
 */
public record ForwardSettings(
    Duration connectTimeout, Duration attemptDelay, Duration idleTimeout, Duration maxDuration) {
  /** Database pools and shells stay open for a day; what is left open for longer was forgotten. */
  public static final ForwardSettings DEFAULT =
      new ForwardSettings(
          Duration.ofSeconds(10), Duration.ofMillis(250), Duration.ofHours(24), Duration.ZERO);
}
