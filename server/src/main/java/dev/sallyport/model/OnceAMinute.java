package dev.sallyport.model;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Logs one kind of event at most once a minute, with the number of those left out, so that
 * unauthenticated clients cannot fill the server's log. For all threads.
 */
public final class OnceAMinute {
  private static final Duration BETWEEN = Duration.ofMinutes(1);

  private final LongSupplier nanoTime;
  private long next;
  private long leftOut;

  /** With nothing logged yet. */
  public OnceAMinute() {
    this(System::nanoTime);
  }

  OnceAMinute(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.next = nanoTime.getAsLong();
  }

  /**
   * Reports an event.
   *
   * @param log called at once, on this thread, if the event is logged; its argument ends the
   *     sentence with the number of those left out before, or is empty
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
