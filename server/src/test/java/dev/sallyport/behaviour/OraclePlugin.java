package dev.sallyport.behaviour;

import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.AuthPluginFactory;
import dev.sallyport.spi.InvalidSettingsException;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.PluginSettings;
import dev.sallyport.spi.Reporter;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Verdict;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Lets one user in with any key, and then says what the test wants, or nothing. */
final class OraclePlugin implements AuthPluginFactory {
  private final String user;
  private final AtomicLong questions = new AtomicLong();
  private final AtomicLong opened = new AtomicLong();
  private final AtomicLong closed = new AtomicLong();
  private final CountDownLatch hanging = new CountDownLatch(1);
  private volatile Mood mood = new Mood.Knows();

  /** What it does when it is asked whether a login may go on. */
  private sealed interface Mood {
    record Knows() implements Mood {}

    record Fails() implements Mood {}

    record Breaks() implements Mood {}

    record Hangs() implements Mood {}

    record Refuses(String reason) implements Mood {}
  }

  OraclePlugin(String user) {
    this.user = user;
  }

  @Override
  public String type() {
    return "oracle";
  }

  void hang() {
    mood = new Mood.Hangs();
  }

  void fail() {
    mood = new Mood.Fails();
  }

  /** Fails with what no plugin should throw. */
  void breakDown() {
    mood = new Mood.Breaks();
  }

  void refuse(String reason) {
    mood = new Mood.Refuses(reason);
  }

  boolean isHanging() {
    return hanging.getCount() == 0;
  }

  long questions() {
    return questions.get();
  }

  long opened() {
    return opened.get();
  }

  long closed() {
    return closed.get();
  }

  @Override
  public AuthPlugin open(PluginSettings settings, Reporter reporter)
      throws InvalidSettingsException {
    settings.check();
    opened.incrementAndGet();
    return new Oracle();
  }

  private final class Oracle implements AuthPlugin {
    private final AtomicBoolean isClosed = new AtomicBoolean();

    @Override
    public Verdict publicKey(LoginAttempt attempt, OfferedKey key) {
      return attempt.user().equals(user)
          ? new Verdict.Accepted(user, Set.of(), "", Restrictions.NONE)
          : new Verdict.Unclaimed();
    }

    @Override
    public Verdict recheck(LoginAttempt attempt, OfferedKey key) throws Exception {
      questions.incrementAndGet();
      return switch (mood) {
        case Mood.Knows() -> publicKey(attempt, key);
        case Mood.Fails() -> throw new IOException("the directory is down");
        case Mood.Breaks() -> throw new StackOverflowError();
        case Mood.Refuses(String reason) -> new Verdict.Refused(reason);
        case Mood.Hangs() -> hangs();
      };
    }

    /** Whoever interrupts it is not heard. */
    private Verdict hangs() {
      hanging.countDown();
      return new CompletableFuture<Verdict>().join();
    }

    @Override
    public void close() {
      if (!isClosed.getAndSet(true)) {
        closed.incrementAndGet();
      }
    }
  }
}
