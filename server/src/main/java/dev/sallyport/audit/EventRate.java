package dev.sallyport.audit;

import dev.sallyport.model.TokenBucket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Limits the rate of one user's events in the audit log, over all kinds of events and all
 * connections. No event is left out: a user who is too fast has to wait. For all threads.
 *
 * <p>There are three ways to pay, from one bucket:
 *
 * <ul>
 *   <li>An action that can wait (a login, a forward, a session, the use of an agent) pays before it
 *       begins for all events that it will cause, its end included ({@link #await}). So the end of
 *       an action is never delayed.
 *   <li>An event during an action (a file transfer) is written and {@link #owe owed}. The data of
 *       that session waits until it is paid for, and so do later actions.
 *   <li>A refusal on a thread that must not wait is written if it can be paid for at once, and
 *       otherwise counted ({@link #takeNow}).
 * </ul>
 *
 * <p>Waiting callers are served in order. No lock is held while waiting.
 */
public final class EventRate {
  /** How often a waiting thread checks whether its client has left. */
  private static final long LOOK_UP_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final TokenBucket bucket;
  private final LongSupplier nanoTime;
  private final CountDownLatch stopping;

  /**
   * @param stopping counted down when all waits must end
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
   * Pays for events in advance, and waits until they are due.
   *
   * @return false when the bastion stops meanwhile; then nothing was paid, and nothing may begin
   * @throws InterruptedException when the thread is interrupted; then nothing was paid
   */
  public boolean await(int events) throws InterruptedException {
    return await(events, () -> false);
  }

  /**
   * The same, for threads that are not interrupted.
   *
   * @param gone whether to stop waiting; called once a second, must not wait
   * @return false when {@code gone} returned true, or the bastion stops; then nothing was paid, and
   *     nothing may begin
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

  /** Pays for events if they are due at once. */
  public synchronized boolean takeNow(int events) {
    return bucket.take(events, nanoTime.getAsLong());
  }

  /**
   * Charges for events that have happened; later actions wait for them. Never waits.
   *
   * @return nanoseconds until they are paid for; 0 if they are
   */
  public synchronized long owe(int events) {
    return bucket.borrow(events, nanoTime.getAsLong());
  }

  private synchronized void giveBack(int events) {
    bucket.giveBack(events);
  }
}
