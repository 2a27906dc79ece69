package dev.sallyport.auth;

import dev.sallyport.model.OnceAMinute;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Verdict;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The questions to one plugin about live connections: so many at once and no more, so that a plugin
 * that hangs keeps few threads busy, and none of those that ask other plugins. For all threads.
 */
final class PluginQuestions {
  private static final Logger LOG = LoggerFactory.getLogger(Authenticator.class);

  /**
   * Enough for thousands of connections where an answer takes milliseconds, and few enough that a
   * directory is not flooded by a thousand questions at once.
   */
  private static final int AT_ONCE = 16;

  private final ConfiguredPlugin configured;
  private final Semaphore places = new Semaphore(AT_ONCE, true);
  private final AtomicBoolean failing = new AtomicBoolean();
  private final OnceAMinute refusals = new OnceAMinute();

  PluginQuestions(ConfiguredPlugin configured) {
    this.configured = configured;
  }

  ConfiguredPlugin configured() {
    return configured;
  }

  /** Which of its two questions a plugin is asked. */
  enum Question {
    /** Whether the key may log in. */
    LOGIN,
    /** Whether a login of it may go on. */
    RECHECK
  }

  /**
   * Waits for a place and for the answer, until the thread is interrupted.
   *
   * @throws Exception when the plugin cannot tell
   */
  Verdict ask(Question question, LoginAttempt attempt, OfferedKey key) throws Exception {
    places.acquire();
    try {
      Verdict verdict =
          switch (question) {
            case LOGIN -> configured.plugin().publicKey(attempt, key);
            case RECHECK -> configured.plugin().recheck(attempt, key);
          };
      if (failing.getAndSet(false)) {
        LOG.info("plugin {} answers again", configured.type());
      }
      return verdict;
    } finally {
      places.release();
    }
  }

  /** It could not tell; the operator hears of it once until it can again. */
  void failed(Throwable cause) {
    if (!failing.getAndSet(true)) {
      LOG.warn(
          "plugin {} cannot tell whether logins may go on; they end when auth.recheck-grace is over",
          configured.type(),
          cause);
    }
  }

  /**
   * It could not tell of a key that somebody offers. Strangers choose how often, and for which
   * names it works in between.
   */
  void failedFor(OfferedKey key, Throwable cause) {
    refusals.tell(more ->
        LOG.error(
            "plugin {} failed, so the key {} is refused{}", configured.type(), key, more, cause));
  }
}
