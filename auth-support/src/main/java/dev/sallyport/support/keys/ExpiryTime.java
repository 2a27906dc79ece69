package dev.sallyport.support.keys;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The value of {@code expiry-time}: {@code YYYYMMDD[Z]} or {@code YYYYMMDDHHMM[SS][Z]}, in the
 * system's time zone unless it ends in Z (sshd(8)).
 */
final class ExpiryTime {
  private static final Pattern FORM =
      Pattern.compile("([0-9]{4})([0-9]{2})([0-9]{2})(?:([0-9]{2})([0-9]{2})([0-9]{2})?)?(Z?)");

  private ExpiryTime() {}

  /** The moment, or nothing when there is no such moment; where clocks go back, the earlier one. */
  static Optional<Instant> parse(String text, ZoneId system) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    try {
      LocalDateTime local =
          LocalDateTime.of(
              number(parts, 1),
              number(parts, 2),
              number(parts, 3),
              number(parts, 4),
              number(parts, 5),
              number(parts, 6));
      ZoneId zone = parts.end(7) > parts.start(7) ? ZoneOffset.UTC : system;
      return Optional.of(local.atZone(zone).toInstant());
    } catch (DateTimeException noSuchDay) {
      return Optional.empty();
    }
  }

  private static int number(Matcher parts, int group) {
    return parts.start(group) < 0 ? 0 : Integer.parseInt(parts.group(group));
  }
}
