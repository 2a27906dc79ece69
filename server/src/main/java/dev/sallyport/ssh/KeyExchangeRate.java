package dev.sallyport.ssh;

import dev.sallyport.model.TokenBucket;

/**
 * How fast new keys may be asked for, and anything else that a peer can ask for again and again
 * with a signature of ours as the answer. Knows no clock. For all threads.
 */
final class KeyExchangeRate {
  private final TokenBucket turns;

  /**
   * @param burst how many cost no waiting
   * @param intervalNanos from then on, one in this time
   * @param now as {@link System#nanoTime} has it, like all times here
   */
  KeyExchangeRate(int burst, long intervalNanos, long now) {
    this.turns = new TokenBucket(TokenBucket.Rate.oneIn(intervalNanos, burst), now);
  }

  /** Takes a turn; returns how long to wait for it, in nanoseconds. */
  synchronized long take(long now) {
    return turns.borrow(1, now);
  }

  /**
   * Gives a turn back that was not used; or a client that comes and goes would let the others of
   * its user wait.
   */
  synchronized void giveBack() {
    turns.giveBack(1);
  }

  /** Whether the whole burst is free again, so that a new one would be the same. */
  synchronized boolean isRested(long now) {
    return turns.isFull(now);
  }
}
