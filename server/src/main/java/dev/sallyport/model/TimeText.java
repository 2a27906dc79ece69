package dev.sallyport.model;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The one way in which commands print a time: {@code 2026-03-14T18:00:05+01:00} (RFC 3339), as
 * {@code date -Iseconds} does. It has its offset, so that it means the same to everybody; it is one
 * word of always the same length, for {@code cut}, {@code awk} and columns; and every option that
 * takes a time reads it. Immutable; for all threads.
 */
public final class TimeText {
  private final DateTimeFormatter format;

  /**
   * @param zone whose clock and offset are printed
   */
  public TimeText(ZoneId zone) {
    this.format =
        DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx", Locale.ROOT).withZone(zone);
  }

  /** In the zone of this machine, or of the variable TZ. */
  public static TimeText local() {
    return new TimeText(ZoneId.systemDefault());
  }

  /**
   * The time as it is printed.
   *
   * @throws java.time.DateTimeException when the time is too far away for a calendar
   */
  public String of(Instant time) {
    return format.format(time);
  }
}
