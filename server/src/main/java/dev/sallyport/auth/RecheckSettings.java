package dev.sallyport.auth;

import java.time.Duration;

/**
 * How live connections are asked about again ({@code sallyport.auth}).
 *
 * @param interval {@code recheck}: how often the plugins are asked whether a login may go on; a
 *     stolen key that is removed works for no longer than that
 * @param grace {@code recheck-grace}: how long a login goes on while its plugin, or one before
 *     that, cannot tell, because a directory is down say; zero ends it at the first question
 *     without an answer
 */
public record RecheckSettings(Duration interval, Duration grace) {
  /** Within seconds; and an outage of a few minutes throws nobody out. */
  public static final RecheckSettings DEFAULT =
      new RecheckSettings(Duration.ofSeconds(5), Duration.ofMinutes(5));
}
