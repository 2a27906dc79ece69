package dev.sallyport.model;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Tells of one thing once a minute at most, and of how many were left out in between: what
 * strangers can bring about again and again must not fill the operator's log. For all threads.
 */
public final class OnceAMinute {
  private static final Duration BETWEEN = Duration.ofMinutes(1);

  private final LongSupplier nanoTime;
  private long next;
  private long leftOut;

  /** With nothing told yet. */
  public OnceAMinute() {
    this(System::nanoTime);
  }

  OnceAMinute(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.next = nanoTime.getAsLong();
  }

  /**
   * It happened.
   *
   * @param log called at once if it is to be told, on this thread, with the end of the sentence:
   *     how many were left out before, or nothing
   */
  public void tell(Consumer<String> log) {
    long before;
    synchronized (this) {
      long now = nanoTime.getAsLong();
      if (now - next < 0) {
        leftOut++;
        return;
      }
      next = now + BETWEEN.toNanos();
      before = leftOut;
      leftOut = 0;
    }
    log.accept(before == 0 ? "" : " (and " + before + " such before were left out)");
  }
}
