package dev.sallyport.model;

import java.util.concurrent.TimeUnit;

/**
 * A token bucket: tokens arrive at a constant rate, and unused ones accumulate up to the burst. It
 * has no clock: the caller passes all times, by {@link System#nanoTime}. Guarded by its owner's
 * lock.
 */
public final class TokenBucket {
  /**
   * The rate at which tokens arrive.
   *
   * @param tokens at least 1 in each {@code nanos}
   * @param burst tokens in a full bucket; at least 1
   */
  public record Rate(int tokens, long nanos, int burst) {
    /** That many tokens in each second. */
    public static Rate perSecond(int tokens, int burst) {
      return new Rate(tokens, TimeUnit.SECONDS.toNanos(1), burst);
    }

    /** With a burst of one minute's tokens. */
    public static Rate perMinute(int tokens) {
      return new Rate(tokens, TimeUnit.MINUTES.toNanos(1), tokens);
    }

    /** One token in each interval. */
    public static Rate oneIn(long nanos, int burst) {
      return new Rate(1, nanos, burst);
    }
  }

  private Rate rate;
  private double tokens;
  private long last;

  /** Begins full. */
  public TokenBucket(Rate rate, long now) {
    this.rate = rate;
    this.tokens = rate.burst();
    this.last = now;
  }

  /** Changes the rate. A debt stays; tokens beyond the new burst are lost. */
  public void apply(Rate other, long now) {
    refill(now);
    rate = other;
    tokens = Math.min(other.burst(), tokens);
  }

  /** Takes all of the tokens or none. */
  public boolean take(int count, long now) {
    return takeOrWait(count, now) == 0;
  }

  /**
   * Takes all of the tokens or none.
   *
   * @return 0 when they were taken; otherwise nanoseconds until there are enough
   */
  public long takeOrWait(int count, long now) {
    refill(now);
    if (tokens >= count) {
      tokens -= count;
      return 0;
    }
    return nanosUntil(count - tokens);
  }

  /**
   * Takes tokens even if there are not enough.
   *
   * @return nanoseconds until the debt is paid; 0 when there is none
   */
  public long borrow(int count, long now) {
    refill(now);
    tokens -= count;
    return tokens >= 0 ? 0 : nanosUntil(-tokens);
  }

  /** Returns tokens that were taken and not used. */
  public void giveBack(int count) {
    tokens = Math.min(rate.burst(), tokens + count);
  }

  /** Whether the whole burst is there, so that a new bucket would be the same. */
  public boolean isFull(long now) {
    return arrived(now) >= rate.burst();
  }

  private long nanosUntil(double missing) {
    return (long) Math.ceil(missing * rate.nanos() / rate.tokens());
  }

  private void refill(long now) {
    tokens = Math.min(rate.burst(), arrived(now));
    last = now;
  }

  private double arrived(long now) {
    return tokens + (double) (now - last) * rate.tokens() / rate.nanos();
  }
}
