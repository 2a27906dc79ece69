package dev.sallyport.audit;

import dev.sallyport.model.TokenBucket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * The rate of one user's events in the audit log, whatever they are about and whichever connection
 * they come from. No event is left out: whoever is too fast waits. For all threads.
 *
 * <p>Three ways to pay, one bucket:
 *
 * <ul>
 *   <li>An action that can wait (a login, a forward, a session, the use of an agent) pays before it
 *       begins for all events that it will cause, its end included ({@link #await}). So the end of
 *       something is never delayed.
 *   <li>What happens in between (a file that was transferred) is written and {@link #owe owed}. The
 *       data of that session waits until it is paid, and so does everything that begins later.
 *   <li>What is refused where nothing may wait is written if it can be paid at once, and otherwise
 *       counted ({@link #takeNow}).
 * </ul>
 *
 * <p>Those who wait get their turn in the order in which they came. Waiting holds no lock.
 */
public final class EventRate {
  /** How long a waiting thread may not notice that its client has gone. */
  private static final long LOOK_UP_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final TokenBucket bucket;
  private final LongSupplier nanoTime;
  private final CountDownLatch stopping;

  /**
   * @param stopping counted down when nobody waits any more
   * @param nanoTime as {@link System#nanoTime}: a clock that never jumps
   */
  EventRate(EventLimit limit, CountDownLatch stopping, LongSupplier nanoTime) {
    this.bucket = new TokenBucket(limit.rate(), nanoTime.getAsLong());
    this.nanoTime = nanoTime;
    this.stopping = stopping;
  }

  synchronized void apply(EventLimit limit) {
    bucket.apply(limit.rate(), nanoTime.getAsLong());
  }

  /**
   * Pays for events that are about to happen, and waits until that is due.
   *
   * @return false when the bastion stops meanwhile: nothing is paid, and nothing may begin
   * @throws InterruptedException when the wait was in vain; nothing is paid
   */
  public boolean await(int events) throws InterruptedException {
    return await(events, () -> false);
  }

  /**
   * The same, on a thread that nobody interrupts.
   *
   * @param gone whether the wait is in vain; asked once a second, must not wait
   * @return false when it was, or the bastion stops: nothing is paid, and nothing may begin
   */
  public boolean await(int events, BooleanSupplier gone) throws InterruptedException {
    long nanos = owe(events);
    boolean due = false;
    try {
      due = nanos == 0 || sleep(nanos, gone);
    } finally {
      if (!due) {
        giveBack(events);
      }
    }
    return due;
  }

  private boolean sleep(long nanos, BooleanSupplier gone) throws InterruptedException {
    long end = System.nanoTime() + nanos;
    for (long left = nanos; left > 0; left = end - System.nanoTime()) {
      if (gone.getAsBoolean()
          || stopping.await(Math.min(left, LOOK_UP_NANOS), TimeUnit.NANOSECONDS)) {
        return false;
      }
    }
    return true;
  }

  /** Pays for events if that needs no waiting. */
  public synchronized boolean takeNow(int events) {
    return bucket.take(events, nanoTime.getAsLong());
  }

  /**
   * Has what begins later pay for events. Never waits.
   *
   * @return nanoseconds until they will be paid; 0 when they are
   */
  public synchronized long owe(int events) {
    return bucket.borrow(events, nanoTime.getAsLong());
  }

  private synchronized void giveBack(int events) {
    bucket.giveBack(events);
  }
}
