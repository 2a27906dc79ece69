package dev.sallyport.plugins.asking;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Whether the source failed last, and since when nobody tried again. In an outage one question in a
 * while goes through to look; all others need not wait to hear the same. Safe for all threads.
 */
final class Outage {
  private final long pause;
  private final AtomicLong lastTry = new AtomicLong();
  private volatile Optional<String> reason = Optional.empty();

  Outage(long pauseNanos) {
    pause = pauseNanos;
  }

  Optional<String> reason() {
    return reason;
  }

  /** Whether the one who asks this is the one who may look. */
  boolean claimTry(long now) {
    long last = lastTry.get();
    return now - last >= pause && lastTry.compareAndSet(last, now);
  }

  /** The pause begins with the first failure: those who fail late must not put off the look. */
  void failed(long now, String why) {
    if (pause > 0) {
      if (reason.isEmpty()) {
        lastTry.set(now);
      }
      reason = Optional.of(why);
    }
  }

  void over() {
    if (reason.isPresent()) {
      reason = Optional.empty();
    }
  }
}
