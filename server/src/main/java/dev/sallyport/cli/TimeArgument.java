package dev.sallyport.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A time as every option takes it. What cannot be read is a usage error. */
final class TimeArgument implements ITypeConverter<Instant> {
  /** What the help of a command that takes times, or prints them, says of them. */
  static final String HELP =
      "%nA TIME is a date with or without a time of day (2026-03-14, '2026-03-14 18:00',"
          + " 2026-03-14T18:00:05+01:00), or so long ago: 90s, 30m, 6h, 1d (24 hours), 2w. Without"
          + " an offset it is in the zone of this machine, as are all times that are printed;"
          + " the environment variable TZ names another zone.";

  private static final String HOW =
      "write a time: 2026-03-14, '2026-03-14 18:00', 2026-03-14T18:00:05+01:00, or how long ago:"
          + " 30m, 6h, 1d, 2w";

  /** Years have four digits, so that no arithmetic with times overflows. */
  private static final Pattern TIME =
      Pattern.compile(
          "(?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
              + "(?:[ T](?<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\\.[0-9]{1,9})?)?)"
              + "(?<offset>Z| ?[+-][0-9]{2}:[0-9]{2})?)?");

  /** Six digits: of weeks, nearly twenty thousand years. */
  private static final Pattern AGO = Pattern.compile("(?<number>[0-9]{1,6})(?<unit>[smhdw])");

  private final InstantSource now;
  private final ZoneId zone;

  /** For picocli: now, and in the zone of this machine. */
  TimeArgument() {
    this(InstantSource.system(), ZoneId.systemDefault());
  }

  TimeArgument(InstantSource now, ZoneId zone) {
    this.now = now;
    this.zone = zone;
  }

  /**
   * A time of day that the clocks skip is taken as one hour later; one that comes twice, as the
   * first.
   */
  @Override
  public Instant convert(String text) {
    Matcher ago = AGO.matcher(text);
    if (ago.matches()) {
      return now.instant().minus(span(Long.parseLong(ago.group("number")), ago.group("unit")));
    }
    Matcher time = TIME.matcher(text);
    if (!time.matches()) {
      throw new TypeConversionException(HOW);
    }
    try {
      return LocalDate.parse(time.group("date"))
          .atTime(time.group("time") == null ? LocalTime.MIN : LocalTime.parse(time.group("time")))
          .atZone(time.group("offset") == null ? zone : ZoneOffset.of(time.group("offset").strip()))
          .toInstant();
    } catch (DateTimeException noSuchTime) {
      throw new TypeConversionException(HOW);
    }
  }

  private static Duration span(long number, String unit) {
    return switch (unit) {
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      case "d" -> Duration.ofDays(number);
      default -> Duration.ofDays(7 * number);
    };
  }
}
