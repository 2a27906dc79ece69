package dev.sallyport.policy;

import dev.sallyport.model.Parsed;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A period of the week, by local time. Begins with {@code start} and ends before {@code end}; when
 * {@code end} is earlier, it ends on the next day.
 *
 * @param days the days on which it begins
 * @param start minutes after midnight, 0 to 1439
 * @param end minutes after midnight, 0 to 1440, and not {@code start}
 * @param zone the time zone, with its daylight saving time
 */
public record TimeWindow(Set<DayOfWeek> days, int start, int end, ZoneId zone) {
  private static final int DAY = 24 * 60;
  private static final int WEEK = DayOfWeek.values().length;

  /** Minutes of a week. */
  static final int MINUTES_OF_WEEK = WEEK * DAY;

  private static final Pattern SYNTAX =
      Pattern.compile("(\\S+) +([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2}) +(\\S+)");
  private static final String HOW =
      "write it as \"mon-fri 08:00-18:00 Europe/Berlin\" or \"daily 22:00-06:00 UTC\"";

  /** All the time. */
  public static final TimeWindow ALWAYS =
      new TimeWindow(EnumSet.allOf(DayOfWeek.class), 0, DAY, ZoneId.of("UTC"));

  /**
   * @throws IllegalArgumentException when a time is out of range, or the window is empty
   */
  public TimeWindow {
    days = Set.copyOf(days);
    if (days.isEmpty() || start < 0 || start >= DAY || end < 0 || end > DAY || start == end) {
      throw new IllegalArgumentException("no time: " + days + " " + start + " " + end);
    }
  }

  /**
   * Reads days, times and a zone: {@code mon-fri 08:00-18:00 Europe/Berlin}, {@code sat,sun
   * 00:00-24:00 UTC}, {@code daily 22:00-06:00 UTC}.
   */
  public static Parsed<TimeWindow> parse(String text) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches()) {
      return new Parsed.Malformed<>("is not a time of the week: " + HOW);
    }
    Optional<Set<DayOfWeek>> days = days(matcher.group(1).toLowerCase(Locale.ROOT));
    if (days.isEmpty()) {
      return new Parsed.Malformed<>(
          "has no days that can be read: write daily, mon-fri, or a list such as sat,sun");
    }
    int start = minutes(matcher.group(2), matcher.group(3));
    int end = minutes(matcher.group(4), matcher.group(5));
    if (start < 0 || start >= DAY || end < 0) {
      return new Parsed.Malformed<>("has an invalid time of day: " + HOW);
    }
    if (start == end) {
      return new Parsed.Malformed<>("is empty: write 00:00-24:00 for the whole day");
    }
    try {
      return new Parsed.Valid<>(
          new TimeWindow(days.get(), start, end, ZoneId.of(matcher.group(6))));
    } catch (DateTimeException unknown) {
      return new Parsed.Malformed<>(
          "has an unknown time zone: write UTC, or a place such as Europe/Berlin");
    }
  }

  /** Whether {@code at} is in the window. */
  public boolean contains(Instant at) {
    ZonedDateTime clock = at.atZone(zone);
    int minute = clock.getHour() * 60 + clock.getMinute();
    DayOfWeek today = clock.getDayOfWeek();
    if (start < end) {
      return days.contains(today) && start <= minute && minute < end;
    }
    return (days.contains(today) && start <= minute)
        || (days.contains(today.minus(1)) && minute < end);
  }

  /** The minutes of the week in the window, counted by its clock from Monday 00:00 on. */
  BitSet minutesOfWeek() {
    BitSet minutes = new BitSet(MINUTES_OF_WEEK);
    for (DayOfWeek day : days) {
      int midnight = (day.getValue() - 1) * DAY;
      if (start < end) {
        minutes.set(midnight + start, midnight + end);
      } else {
        int next = (day.plus(1).getValue() - 1) * DAY;
        minutes.set(midnight + start, midnight + DAY);
        minutes.set(next, next + end);
      }
    }
    return minutes;
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    String when =
        days.size() == WEEK
            ? "daily"
            : days.stream().sorted().map(TimeWindow::name).collect(Collectors.joining(","));
    return "%s %02d:%02d-%02d:%02d %s"
        .formatted(when, start / 60, start % 60, end / 60, end % 60, zone);
  }

  private static int minutes(String hours, String minutes) {
    int value = Integer.parseInt(hours) * 60 + Integer.parseInt(minutes);
    return Integer.parseInt(minutes) < 60 && value <= DAY ? value : -1;
  }

  private static Optional<Set<DayOfWeek>> days(String text) {
    Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
    if (text.equals("daily")) {
      return Optional.of(EnumSet.allOf(DayOfWeek.class));
    }
    for (String part : text.split(",", -1)) {
      List<Optional<DayOfWeek>> ends =
          List.of(part.split("-", -1)).stream().map(TimeWindow::day).toList();
      if (ends.size() > 2 || ends.stream().anyMatch(Optional::isEmpty)) {
        return Optional.empty();
      }
      DayOfWeek last = ends.getLast().orElseThrow();
      DayOfWeek day = ends.getFirst().orElseThrow();
      while (day != last) {
        days.add(day);
        day = day.plus(1);
      }
      days.add(last);
    }
    return Optional.of(days);
  }

  private static Optional<DayOfWeek> day(String name) {
    return EnumSet.allOf(DayOfWeek.class).stream().filter(day -> name(day).equals(name)).findAny();
  }

  private static String name(DayOfWeek day) {
    return day.name().substring(0, 3).toLowerCase(Locale.ROOT);
  }
}
