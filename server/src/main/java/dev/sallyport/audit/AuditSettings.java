package dev.sallyport.audit;

import java.time.Duration;

/**
 * How the audit log is kept ({@code sallyport.audit}).
 *
 * @param strangersPerMinute events of unauthenticated connections told one by one in a minute; the
 *     rest is counted and summarised, so that noise cannot fill the disk
 * @param summaryInterval how often the counted rest is written
 */
public record AuditSettings(int strangersPerMinute, Duration summaryInterval) {
  /**
   * Under a flood 39 MB a day for connections and failures, 13 MB for penalties and 3 MB for the
   * summaries; 88 MB in place of the 39 when all texts are made to be long ({@link
   * EventLimit#EVENT_BYTES}).
   */
  public static final AuditSettings DEFAULT = new AuditSettings(30, Duration.ofMinutes(1));
}
