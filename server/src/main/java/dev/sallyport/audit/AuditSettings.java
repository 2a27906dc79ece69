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
  /** About 80 MB a day under a flood, 200 MB under one whose names are made to be long. */
  public static final AuditSettings DEFAULT = new AuditSettings(30, Duration.ofMinutes(1));
}
