package dev.sallyport.audit;

import java.time.Duration;

/**
 * How the audit log is kept ({@code sallyport.audit}).
 *
 * @param strangersPerMinute events of unauthenticated connections told one by one in a minute; the
 *     rest is counted and summarised, so that noise cannot fill the disk
 * @param summaryInterval how often the counted rest is written
 * @param maxAge how long a day's file is kept after that day; zero keeps all
 * @param compressAfter how long after a day its file is compressed; zero never
 * @param diskWarning percent, 1 to 100: a file system of the server's that is as full is warned of
 */
public record AuditSettings(
    int strangersPerMinute,
    Duration summaryInterval,
    Duration maxAge,
    Duration compressAfter,
    int diskWarning) {
  /**
   * Under a flood 39 MB a day for connections and failures, 13 MB for penalties and 3 MB for the
   * summaries; 88 MB in place of the 39 when all texts are made to be long ({@link
   * EventLimit#EVENT_BYTES}).
   */
  public static final AuditSettings DEFAULT =
      new AuditSettings(30, Duration.ofMinutes(1), Duration.ZERO, Duration.ofDays(7), 80);

  /** With files that are kept, and disks that are watched, as by default. */
  public AuditSettings(int strangersPerMinute, Duration summaryInterval) {
    this(
        strangersPerMinute,
        summaryInterval,
        DEFAULT.maxAge(),
        DEFAULT.compressAfter(),
        DEFAULT.diskWarning());
  }
}
