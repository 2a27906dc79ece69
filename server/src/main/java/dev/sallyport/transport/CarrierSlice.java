package dev.sallyport.ssh;

/**
 * How long the reading thread of one connection may keep the processor that all users share. The
 * kernel does not interrupt a virtual thread for another, and one read can bring thousands of small
 * messages, so the thread gives its carrier away itself. For the connection's reading thread.
 */
final class CarrierSlice {
  /**
   * A few large packets. With one carrier and forty clients that never pause, whoever comes next
   * waits ten milliseconds at most.
   */
  static final long LONGEST_NANOS = 250_000;

  private final Runnable yield;
  private long used;

  /**
   * @param yield lets other threads run
   */
  CarrierSlice(Runnable yield) {
    this.yield = yield;
  }

  /** A message took so long; gives the carrier away when that is enough. */
  void used(long nanos) {
    used += nanos;
    if (used >= LONGEST_NANOS) {
      used = 0;
      yield.run();
    }
  }
}
