package dev.sallyport.auth;

import java.time.Duration;

/**
 * How live connections are rechecked ({@code sallyport.auth}).
 *
 * @param interval {@code recheck}: how often the plugins are asked whether a login is still valid;
 *     a stolen key works for no longer than that after its removal
 * @param grace {@code recheck-grace}: how long a login continues while its plugin, or one before
 *     it, cannot answer, for example because a directory is down; zero ends it at the first
 *     unanswered question
 */
public record RecheckSettings(Duration interval, Duration grace) {
  /** Revocation takes effect within seconds, and an outage of a few minutes disconnects no user. */
  public static final RecheckSettings DEFAULT =
      new RecheckSettings(Duration.ofSeconds(5), Duration.ofMinutes(5));
}
