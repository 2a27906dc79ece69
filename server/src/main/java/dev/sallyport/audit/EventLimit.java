package dev.sallyport.audit;

import dev.sallyport.model.TokenBucket;

/**
 * How many events one user may cause in the audit log ({@code sallyport.limits.user-events}), over
 * all connections and kinds of events. Without it, one stolen key could fill the disk, and then
 * nothing is granted to any user.
 *
 * @param perSecond events in the long run, at least 1
 * @param burst events at once after a pause, at least {@link #LEAST_BURST}
 */
public record EventLimit(int perSecond, int burst) {
  /** Smallest burst: more than one action can cost at once, or it would never be due. */
  public static final int LEAST_BURST = 16;

  /**
   * Allows 4.4 million events a day from one user: 4.0 GB with events of typical length, and 9.1 GB
   * if all had {@link #EVENT_BYTES}. The burst suffices for a playbook of 50 tasks, without
   * pipelining, on 100 hosts whose sessions are recorded.
   */
  public static final EventLimit DEFAULT = new EventLimit(50, 100_000);

  /** A longer line of the log counts as one more event for each this many bytes. */
  public static final int EVENT_BYTES = 2048;

  TokenBucket.Rate rate() {
    return TokenBucket.Rate.perSecond(perSecond, burst);
  }
}
