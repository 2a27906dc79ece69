package dev.sallyport.transport;

/**
 * How long a virtual thread may keep the processor that all users share. The kernel does not
 * interrupt it for another, and one read can bring thousands of small messages, or one round of a
 * clock thousands of decisions, so the thread gives its carrier away itself. For one thread.
 */
public final class CarrierSlice {
  /**
   * A few large packets. With one carrier and forty clients that never pause, whoever comes next
   * waits ten milliseconds at most.
   */
  public static final long LONGEST_NANOS = 250_000;

  private final Runnable yield;
  private long used;

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
      used = 0;
      yield.run();
    }
  }
}
