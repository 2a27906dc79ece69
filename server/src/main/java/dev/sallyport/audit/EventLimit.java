package dev.sallyport.audit;

import dev.sallyport.model.TokenBucket;

/**
 * How many events one user may cause in the audit log ({@code sallyport.limits.user-events}), all
 * connections and all kinds of events together. Without it one stolen key could fill the disk, and
 * with the disk full nothing is granted to anybody.
 *
 * @param perSecond events in the long run, at least 1
 * @param burst events at once after a time of rest, at least {@link #LEAST_BURST}
 */
public record EventLimit(int perSecond, int burst) {
  /** What one action can cost at once, and some to spare: below this it would never be due. */
  public static final int LEAST_BURST = 16;

  /**
   * At most 4.4 million events a day from one user: 4.0 GB when they are as long as most are, and
   * 9.1 GB if all had {@link #EVENT_BYTES}. The burst is a playbook of 50 tasks, without
   * pipelining, on 100 hosts whose sessions are recorded.
   */
  public static final EventLimit DEFAULT = new EventLimit(50, 100_000);

  /** A line of the log that is longer counts as one more event for each of these, in bytes. */
  public static final int EVENT_BYTES = 2048;

  TokenBucket.Rate rate() {
    return TokenBucket.Rate.perSecond(perSecond, burst);
  }
}
