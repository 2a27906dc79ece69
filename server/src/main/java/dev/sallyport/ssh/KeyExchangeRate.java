package dev.sallyport.ssh;

import dev.sallyport.model.TokenBucket;

/**
 * A rate limit for rekeying, and for other requests that make the bastion sign. It has no clock.
 * For all threads.
 */
final class KeyExchangeRate {
  private final TokenBucket turns;

  /**
   * @param burst requests without a wait
   * @param intervalNanos afterwards, time between two requests
   * @param now by {@link System#nanoTime}, as all times here
   */
  KeyExchangeRate(int burst, long intervalNanos, long now) {
    this.turns = new TokenBucket(TokenBucket.Rate.oneIn(intervalNanos, burst), now);
  }

  /** Counts a request; returns how long it has to wait, in nanoseconds. */
  synchronized long take(long now) {
    return turns.borrow(1, now);
  }

  /**
   * Takes back a request that was not executed. Otherwise a client that disconnects would delay the
   * user's other connections.
   */
  synchronized void giveBack() {
    turns.giveBack(1);
  }

  /** Whether the whole burst is available again, so that a new object would be the same. */
  synchronized boolean isRested(long now) {
    return turns.isFull(now);
  }
}
