package dev.sallyport.audit;

import java.util.function.LongSupplier;

/**
 * So many a minute, evenly, and as many at once after a quiet minute. Guarded by its owner's lock.
 */
final class TokenBucket {
  private static final double NANOS_PER_MINUTE = 60e9;

  private final int perMinute;
  private final LongSupplier nanoTime;
  private double tokens;
  private long last;

  /**
   * @param nanoTime as {@link System#nanoTime}: a clock that never jumps
   */
  TokenBucket(int perMinute, LongSupplier nanoTime) {
    this.perMinute = perMinute;
    this.nanoTime = nanoTime;
    this.tokens = perMinute;
    this.last = nanoTime.getAsLong();
  }

  /** Takes all of them or none. */
  boolean take(int count) {
    long now = nanoTime.getAsLong();
    tokens = Math.min(perMinute, tokens + (now - last) * (perMinute / NANOS_PER_MINUTE));
    last = now;
    if (tokens < count) {
      return false;
    }
    tokens -= count;
    return true;
  }

  /** Gives back what was taken and turned out not to be due. */
  void giveBack(int count) {
    tokens = Math.min(perMinute, tokens + count);
  }
}
