package dev.sallyport.connection;

import dev.sallyport.forward.Pace;
import java.util.concurrent.TimeUnit;

/**
 * Slows down whoever is refused again and again. Every refusal to a user is a line in the audit
 * log, so without a pace one stolen key could fill the disk, and with it stop the bastion for
 * everybody. A burst is free: a browser behind {@code ssh -D} is refused a lot at once. Safe for
 * all threads.
 */
final class RefusalPace implements Pace {
  /** Refusals that cost no waiting. */
  static final int BURST = 200;

  /** From then on, one in this time. */
  private static final long INTERVAL_NANOS = 100_000_000L;

  private long next = System.nanoTime() - BURST * INTERVAL_NANOS;

  /**
   * Waits, on the calling virtual thread, until one more refusal is due.
   *
   * @throws InterruptedException when the wait was in vain; the turn is given back, or a client
   *     that comes and goes would push the turns of its user into next week
   */
  @Override
  public void await() throws InterruptedException {
    try {
      TimeUnit.NANOSECONDS.sleep(take(System.nanoTime()));
    } catch (InterruptedException e) {
      giveBack();
      throw e;
    }
  }

  private synchronized long take(long now) {
    next = Math.max(next, now - BURST * INTERVAL_NANOS) + INTERVAL_NANOS;
    return Math.max(0, next - now);
  }

  private synchronized void giveBack() {
    next -= INTERVAL_NANOS;
  }

  @Override
  public synchronized boolean takeNow() {
    long now = System.nanoTime();
    if (next + INTERVAL_NANOS > now) {
      return false;
    }
    take(now);
    return true;
  }

  /** Whether the whole burst is free again, so that a fresh pace would be the same. */
  synchronized boolean isRested() {
    return next <= System.nanoTime() - BURST * INTERVAL_NANOS;
  }
}
