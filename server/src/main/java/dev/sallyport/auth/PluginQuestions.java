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
 * The questions to one plugin, at logins and about live connections. Their number at a time is
 * bounded, so a plugin that hangs keeps few threads busy, and none that ask other plugins. For all
 * threads.
 */
final class PluginQuestions {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.auth");

  /**
   * Most questions at a time about live connections: enough for thousands of connections if an
   * answer takes milliseconds, and few enough not to flood a directory.
   */
  private static final int AT_ONCE = 16;

  /**
   * Longest wait for an answer. A plugin that hangs must not keep a login alive, or itself open
   * after a reload.
   */
  private static final Duration LONGEST = Duration.ofSeconds(5);

  private final ConfiguredPlugin configured;
  private final Semaphore places = new Semaphore(AT_ONCE, true);
  private final LoginQuestions logins = new LoginQuestions();

  /** The questions that it failed to answer last. It may fail with one and answer the other. */
  private final Set<Question> failing = ConcurrentHashMap.newKeySet();

  private final OnceAMinute refusals = new OnceAMinute();

  PluginQuestions(ConfiguredPlugin configured) {
    this.configured = configured;
  }

  ConfiguredPlugin configured() {
    return configured;
  }

  /** The two questions that a plugin is asked. */
  enum Question {
    /** Whether the key may log in. */
    LOGIN,
    /** Whether a login with the key is still valid. */
    RECHECK
  }

  /**
   * The plugin's verdict on a key at a login; waits on the calling thread.
   *
   * @throws Exception when the plugin cannot answer, or too many logins wait for it
   */
  Verdict atLogin(LoginAttempt attempt, OfferedKey key) throws Exception {
    return logins.ask(() -> configured.plugin().publicKey(attempt, key));
  }

  /**
   * Waits for the answer, for a bounded time. The plugin is then interrupted; if it ignores that,
   * it keeps its place until it returns, so the number of its threads stays bounded.
   *
   * @throws Exception when the plugin cannot answer
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

  /** The plugin could not answer, which is logged once until it can again. */
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
   * The plugin could not answer at a login. Unauthenticated clients control how often that happens,
   * so it is logged at a limited rate.
   */
  void failedFor(OfferedKey key, Throwable cause) {
    refusals.tell(more ->
        PluginFaults.log(
            LOG,
            "plugin %s failed, so the key %s is refused%s".formatted(configured.type(), key, more),
            cause));
  }
}
