package dev.sallyport.audit;

import java.time.Duration;

/**
 * Settings of the audit log ({@code sallyport.audit}).
 *
 * @param strangersPerMinute events of unauthenticated connections that are logged individually in a
 *     minute; the rest is counted and summarised, so that it cannot fill the disk
 * @param summaryInterval how often the summary is written
 * @param maxAge how long a day's file is kept after that day; zero keeps all
 * @param compressAfter how long after a day its file is compressed; zero never
 * @param diskWarning percent, 1 to 100, of a file system in use from which on the server warns
 */
public record AuditSettings(
    int strangersPerMinute,
    Duration summaryInterval,
    Duration maxAge,
    Duration compressAfter,
    int diskWarning) {
  /**
   * Under a flood this allows 39 MB a day for connections and failures, 13 MB for penalties and 3
   * MB for summaries; 88 MB instead of 39 when all texts are as long as possible ({@link
   * EventLimit#EVENT_BYTES}).
   */
  public static final AuditSettings DEFAULT =
      new AuditSettings(30, Duration.ofMinutes(1), Duration.ZERO, Duration.ofDays(7), 80);

  /** With the default retention and disk warning. */
  public AuditSettings(int strangersPerMinute, Duration summaryInterval) {
    this(
        strangersPerMinute,
        summaryInterval,
        DEFAULT.maxAge(),
        DEFAULT.compressAfter(),
        DEFAULT.diskWarning());
  }
}
