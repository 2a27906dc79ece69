package dev.sallyport.ssh;

/**
 * How fast new keys may be asked for, and anything else that a peer can ask for again and again
 * with a signature of ours as the answer. Knows no clock. For all threads.
 */
final class KeyExchangeRate {
  private final long intervalNanos;
  private final int burst;
  private long next;

  /**
   * @param burst how many cost no waiting
   * @param intervalNanos from then on, one in this time
   * @param now as {@link System#nanoTime} has it, like all times here
   */
  KeyExchangeRate(int burst, long intervalNanos, long now) {
    this.burst = burst;
    this.intervalNanos = intervalNanos;
    this.next = now - burst * intervalNanos;
  }

  /** Takes a turn; returns how long to wait for it, in nanoseconds. */
  synchronized long take(long now) {
    next = Math.max(next, now - burst * intervalNanos) + intervalNanos;
    return Math.max(0, next - now);
  }

  /**
   * Gives a turn back that was not used; or a client that comes and goes would let the others of
   * its user wait.
   */
  synchronized void giveBack() {
    next -= intervalNanos;
  }

  /** Whether the whole burst is free again, so that a new one would be the same. */
  synchronized boolean isRested(long now) {
    return next <= now - burst * intervalNanos;
  }
}
