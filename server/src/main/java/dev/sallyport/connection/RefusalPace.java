package dev.sallyport.connection;

import java.util.concurrent.TimeUnit;

/**
 * Slows down whoever is refused again and again. Every refusal to a user is a line in the audit
 * log, so without a pace one stolen key could fill the disk, and with it stop the bastion for
 * everybody. A burst is free: a browser behind {@code ssh -D} is refused a lot at once. Safe for
 * all threads.
 */
final class RefusalPace {
  /** Refusals that cost no waiting. */
  private static final int BURST = 200;

  /** From then on, one in this time. */
  private static final long INTERVAL_NANOS = 100_000_000L;

  private long next = System.nanoTime() - BURST * INTERVAL_NANOS;

  /** Waits, on the calling virtual thread, until one more refusal is due. */
  void await() throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(take(System.nanoTime()));
  }

  private synchronized long take(long now) {
    next = Math.max(next, now - BURST * INTERVAL_NANOS) + INTERVAL_NANOS;
    return Math.max(0, next - now);
  }
}
