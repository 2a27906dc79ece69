package dev.sallyport.gateway.relay;

/**
 * How fast what a user does on targets is told in the audit log one by one: files, and uses of the
 * agent. How many there are is the user's choice, and a rename costs the client thirty bytes and
 * the log, which keeps all, more than a thousand: without a pace one stolen key could fill the disk
 * and so stop the bastion for everybody. Nothing is left untold: whoever is faster than the log
 * waits. For all threads; one a user.
 */
final class EventPace {
  /** Events that cost no waiting: a large tree of small files. */
  static final int BURST = 10_000;

  /** From then on one in this time, which is about 10 GB of log a day. */
  static final long INTERVAL_NANOS = 10_000_000;

  /** As many characters of paths cost one more: they are kept whole, and escaped six times that. */
  private static final int PATH_CHARACTERS = 1024;

  /** When the next event would be due, had there been no burst. */
  private long next;

  /**
   * @param now as all times here, of {@link System#nanoTime}
   */
  EventPace(long now) {
    next = now - BURST * INTERVAL_NANOS;
  }

  /** Tells one. */
  void take(long now) {
    take(now, 0);
  }

  /** Tells one that has paths of so many characters. */
  synchronized void take(long now, int characters) {
    next =
        Math.max(next, now - BURST * INTERVAL_NANOS)
            + (1 + characters / PATH_CHARACTERS) * INTERVAL_NANOS;
  }

  /** Nanoseconds to wait until what was told was told slowly enough; 0 for none. */
  synchronized long ahead(long now) {
    return Math.max(0, next - now);
  }
}
