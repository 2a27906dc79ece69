package dev.sallyport.auth;

import dev.sallyport.model.OnceAMinute;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Verdict;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The questions to one plugin, at logins and about live connections: so many at once and no more,
 * so that a plugin that hangs keeps few threads busy, and none of those that ask other plugins. For
 * all threads.
 */
final class PluginQuestions {
  private static final Logger LOG = LoggerFactory.getLogger(Authenticator.class);

  /**
   * Enough for thousands of connections where an answer takes milliseconds, and few enough that a
   * directory is not flooded by a thousand questions at once.
   */
  private static final int AT_ONCE = 16;

  /** A plugin that hangs must not keep a login alive, nor itself open after a reload. */
  private static final Duration LONGEST = Duration.ofSeconds(5);

  private final ConfiguredPlugin configured;
  private final Semaphore places = new Semaphore(AT_ONCE, true);
  private final LoginQuestions logins = new LoginQuestions();

  /** What it could not answer last; it may fail in one and answer the other, again and again. */
  private final Set<Question> failing = ConcurrentHashMap.newKeySet();

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
   * What the plugin says of a key at a login; waits for it on the calling thread.
   *
   * @throws Exception when the plugin cannot tell, or too many wait for it
   */
  Verdict atLogin(LoginAttempt attempt, OfferedKey key) throws Exception {
    return logins.ask(() -> configured.plugin().publicKey(attempt, key));
  }

  /**
   * Waits for the answer, for a bounded time. A plugin that is interrupted then and does not hear
   * it keeps its place until it ends, so that threads in it do not gather.
   *
   * @throws Exception when the plugin cannot tell
   */
  Verdict ask(Question question, LoginAttempt attempt, OfferedKey key) throws Exception {
    FutureTask<Verdict> asked = new FutureTask<>(() -> answer(question, attempt, key));
    Thread.ofVirtual().name("recheck-" + configured.type()).start(asked);
    try {
      return asked.get(LONGEST.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      throw new TimeoutException("no answer within " + LONGEST.toSeconds() + " s");
    } catch (ExecutionException failed) {
      switch (failed.getCause()) {
        case Exception cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw failed;
      }
    } finally {
      asked.cancel(true);
    }
  }

  private Verdict answer(Question question, LoginAttempt attempt, OfferedKey key) throws Exception {
    places.acquire();
    try {
      Verdict verdict =
          switch (question) {
            case LOGIN -> configured.plugin().publicKey(attempt, key);
            case RECHECK -> configured.plugin().recheck(attempt, key);
          };
      if (failing.remove(question)) {
        LOG.info("plugin {} answers again", configured.type());
      }
      return verdict;
    } finally {
      places.release();
    }
  }

  /** It could not tell; the operator hears of it once until it can again. */
  void failed(Question question, Throwable cause) {
    if (failing.add(question)) {
      PluginFaults.log(
          LOG,
          "plugin %s cannot tell whether logins may go on; they end when auth.recheck-grace is over"
              .formatted(configured.type()),
          cause);
    }
  }

  /**
   * It could not tell of a key that somebody offers. Strangers choose how often, and for which
   * names it works in between.
   */
  void failedFor(OfferedKey key, Throwable cause) {
    refusals.tell(more ->
        PluginFaults.log(
            LOG,
            "plugin %s failed, so the key %s is refused%s".formatted(configured.type(), key, more),
            cause));
  }
}
