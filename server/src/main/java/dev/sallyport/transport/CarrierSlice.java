package dev.sallyport.transport;

import java.util.concurrent.locks.LockSupport;

/**
 * How long a virtual thread may keep the processor that all users share. The kernel does not
 * interrupt it for another, and one read can bring thousands of small messages, or one round of a
 * clock thousands of decisions, so the thread gives its carrier away itself. For one thread.
 *
 * <p>{@link Thread#yield} alone is not enough. It puts the thread at the end of its carrier's own
 * queue, and a carrier looks for other work only when that queue is empty. A thread that a platform
 * thread wakes (one that reads a socket, waits for a timeout, or for a key exchange) is such other
 * work: beside two threads that never pause it would never run again. So a thread that goes on for
 * longer also parks for a moment, which takes it out of the queue.
 */
public final class CarrierSlice {
  /**
   * A few large packets. With one carrier and forty clients that never pause, whoever comes next
   * waits ten milliseconds at most.
   */
  public static final long LONGEST_NANOS = 250_000;

  /** A thread that never pauses parks once in this time; a shorter one would slow uploads down. */
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

  /** The thread has run for so long; gives the carrier away when that is enough. */
  public void used(long nanos) {
    used += nanos;
    if (used >= LONGEST_NANOS) {
      end();
    }
  }

  /** Gives the carrier away now. */
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
