package dev.sallyport.audit;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A token bucket: tokens arrive at an even rate, and a burst of them is saved up while none is
 * used. Guarded by its owner's lock.
 */
final class TokenBucket {
  /**
   * How fast tokens arrive.
   *
   * @param tokens at least 1 in each {@code nanos}
   * @param burst tokens that a full bucket holds; at least 1
   */
  record Rate(int tokens, long nanos, int burst) {
    static Rate perSecond(int tokens, int burst) {
      return new Rate(tokens, TimeUnit.SECONDS.toNanos(1), burst);
    }

    /** With a burst of one minute's tokens. */
    static Rate perMinute(int tokens) {
      return new Rate(tokens, TimeUnit.MINUTES.toNanos(1), tokens);
    }
  }

  private final LongSupplier nanoTime;
  private Rate rate;
  private double tokens;
  private long last;

  /**
   * Begins full.
   *
   * @param nanoTime as {@link System#nanoTime}: a clock that never jumps
   */
  TokenBucket(Rate rate, LongSupplier nanoTime) {
    this.rate = rate;
    this.nanoTime = nanoTime;
    this.tokens = rate.burst();
    this.last = nanoTime.getAsLong();
  }

  /** From now on. A debt stays; what is saved up beyond the new burst is gone. */
  void apply(Rate other) {
    refill();
    rate = other;
    tokens = Math.min(other.burst(), tokens);
  }

  /** Takes all of them or none. */
  boolean take(int count) {
    refill();
    if (tokens < count) {
      return false;
    }
    tokens -= count;
    return true;
  }

  /**
   * Takes them whether they are there or not.
   *
   * @return nanoseconds until they, and all that were taken before, will have arrived; 0 when they
   *     are there
   */
  long borrow(int count) {
    refill();
    tokens -= count;
    return tokens >= 0 ? 0 : (long) Math.ceil(-tokens * rate.nanos() / rate.tokens());
  }

  /** Returns tokens that were taken and not used. */
  void giveBack(int count) {
    tokens = Math.min(rate.burst(), tokens + count);
  }

  private void refill() {
    long now = nanoTime.getAsLong();
    tokens = Math.min(rate.burst(), tokens + (double) (now - last) * rate.tokens() / rate.nanos());
    last = now;
  }
}
