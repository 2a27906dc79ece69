package dev.sallyport.plugins.ec2;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers that the service did not answer, so that a service that hangs holds up one question
 * every few seconds and not every login. Safe for all threads; never waits.
 */
final class Outage {
  /** From one question that finds out whether the service is back to the next. */
  static final Duration RETRY = Duration.ofSeconds(5);

  private final LongSupplier nanoTime;
  private final AtomicReference<@Nullable Since> current = new AtomicReference<>();

  private record Since(String why, long began, long nextTry) {}

  Outage(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Whether to ask: the service answers as far as is known, or this question is the one to find
   * out.
   *
   * @throws MetadataException when it must not be asked now
   */
  void check() throws MetadataException {
    Since since = current.get();
    if (since == null) {
      return;
    }
    long now = nanoTime.getAsLong();
    boolean mine =
        now - since.nextTry() >= 0
            && current.compareAndSet(
                since, new Since(since.why(), since.began(), now + RETRY.toNanos()));
    if (!mine) {
      throw new MetadataException(since.why());
    }
  }

  void begin(String why) {
    long now = nanoTime.getAsLong();
    current.set(new Since(why, now, now + RETRY.toNanos()));
  }

  /**
   * Whether to ask all the same, after having waited for something else.
   *
   * @param asked when {@link #check} said yes
   * @throws MetadataException when the outage began since
   */
  void checkAgain(long asked) throws MetadataException {
    Since since = current.get();
    if (since != null && since.began() - asked > 0) {
      throw new MetadataException(since.why());
    }
  }

  void end() {
    if (current.get() != null) {
      current.set(null);
    }
  }
}
