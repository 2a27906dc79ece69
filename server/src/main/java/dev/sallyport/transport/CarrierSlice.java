package dev.sallyport.transport;

import java.util.concurrent.locks.LockSupport;

/**
 * Limits how long a virtual thread may use its carrier, which all users share. Virtual threads are
 * not preempted, and one read may contain thousands of small messages, or one periodic check
 * thousands of decisions. So the thread itself gives its carrier to others. For one thread.
 *
 * <p>{@link Thread#yield} alone is not enough. It puts the thread at the end of its carrier's own
 * queue, and a carrier looks for other work only when that queue is empty. A thread that a platform
 * thread wakes (after it has waited for a socket, a timeout or a key exchange) is such other work:
 * beside two threads that never pause it would never run again. So a thread that runs for longer
 * also parks for a moment, which takes it out of the queue.
 */
public final class CarrierSlice {
  /**
   * Longest slice: a few large packets. With one carrier and forty clients that never pause, the
   * next thread waits ten milliseconds at most.
   */
  public static final long LONGEST_NANOS = 250_000;

  /** A thread that never pauses parks once in this time. A shorter time would slow uploads down. */
  static final long PARK_EACH_NANOS = 2_000_000;

  private final Runnable yield;
  private long used;

  /** When the thread parked last, in units of {@link #PARK_EACH_NANOS}. */
  private long parked;

  /** Begins a slice of the thread that calls {@link #used}. */
  public CarrierSlice() {
    this.yield = this::giveCarrierAway;
  }

  /**
   * Begins a slice.
   *
   * @param yield lets other threads run
   */
  public CarrierSlice(Runnable yield) {
    this.yield = yield;
  }

  /** Reports how long the thread has run; yields when the slice is used up. */
  public void used(long nanos) {
    used += nanos;
    if (used >= LONGEST_NANOS) {
      end();
    }
  }

  /** Yields now. */
  public void end() {
    used = 0;
    yield.run();
  }

  @SuppressWarnings(
      "ThreadPriorityCheck") // virtual threads give their carrier away only when asked
  private void giveCarrierAway() {
    if (!Thread.currentThread().isVirtual()) {
      return;
    }
    long now = System.nanoTime() / PARK_EACH_NANOS;
    if (now == parked) {
      Thread.yield();
    } else {
      parked = now;
      LockSupport.parkNanos(1);
    }
  }
}
