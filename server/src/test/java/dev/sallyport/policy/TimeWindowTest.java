package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.model.Parsed;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeWindowTest {
  /** 2026-11-23 is a Monday. */
  @ParameterizedTest
  @CsvSource({
    "mon-fri 08:00-18:00 UTC, 2026-11-23T07:59:59.999Z, false",
    "mon-fri 08:00-18:00 UTC, 2026-11-23T08:00:00Z, true",
    "mon-fri 08:00-18:00 UTC, 2026-11-23T17:59:59.999Z, true",
    "mon-fri 08:00-18:00 UTC, 2026-11-23T18:00:00Z, false",
    "mon-fri 08:00-18:00 UTC, 2026-11-27T12:00:00Z, true",
    "mon-fri 08:00-18:00 UTC, 2026-11-28T12:00:00Z, false",
    "mon-fri 08:00-18:00 Europe/Berlin, 2026-11-23T07:00:00Z, true",
    "mon-fri 08:00-18:00 Europe/Berlin, 2026-11-23T06:59:00Z, false",
    "mon-fri 08:00-18:00 Europe/Berlin, 2026-07-13T06:00:00Z, true",
    "mon-fri 08:00-18:00 Europe/Berlin, 2026-07-13T16:00:00Z, false",
    "daily 22:00-06:00 UTC, 2026-11-23T21:59:00Z, false",
    "daily 22:00-06:00 UTC, 2026-11-23T22:00:00Z, true",
    "daily 22:00-06:00 UTC, 2026-11-23T00:00:00Z, true",
    "daily 22:00-06:00 UTC, 2026-11-23T05:59:59Z, true",
    "daily 22:00-06:00 UTC, 2026-11-23T06:00:00Z, false",
    // Over midnight the day is the one on which it began.
    "fri 22:00-06:00 UTC, 2026-11-27T23:00:00Z, true",
    "fri 22:00-06:00 UTC, 2026-11-28T05:00:00Z, true",
    "fri 22:00-06:00 UTC, 2026-11-27T05:00:00Z, false",
    "fri 22:00-06:00 UTC, 2026-11-28T23:00:00Z, false",
    "sun 22:00-06:00 UTC, 2026-11-23T01:00:00Z, true",
    "mon 00:00-24:00 UTC, 2026-11-23T00:00:00Z, true",
    "mon 00:00-24:00 UTC, 2026-11-23T23:59:59Z, true",
    "mon 00:00-24:00 UTC, 2026-11-24T00:00:00Z, false",
    "mon 22:00-00:00 UTC, 2026-11-23T23:59:59Z, true",
    "mon 22:00-00:00 UTC, 2026-11-24T00:00:00Z, false",
    "'sat,sun 00:00-24:00 UTC', 2026-11-22T12:00:00Z, true",
    "'sat,sun 00:00-24:00 UTC', 2026-11-23T12:00:00Z, false",
    "fri-mon 00:00-24:00 UTC, 2026-11-23T12:00:00Z, true",
    "fri-mon 00:00-24:00 UTC, 2026-11-24T12:00:00Z, false",
    "'mon,wed-thu 00:00-24:00 UTC', 2026-11-26T12:00:00Z, true",
    "'mon,wed-thu 00:00-24:00 UTC', 2026-11-24T12:00:00Z, false",
    "MON-Fri 08:00-18:00 UTC, 2026-11-23T12:00:00Z, true",
  })
  void containsFromItsStartToBeforeItsEnd(String text, Instant at, boolean contained) {
    TimeWindow window = Samples.valid(TimeWindow.parse(text));
    assertThat(window.contains(at)).isEqualTo(contained);
    assertThat(Samples.valid(TimeWindow.parse(window.toString()))).isEqualTo(window);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mon-fri | not a time of the week",
        "mon-fri 08:00-18:00 | not a time of the week",
        "08:00-18:00 UTC | not a time of the week",
        "mon-fri 8:00-18:00 UTC | not a time of the week",
        "mon-fri 08:00-18:00 UTC x | not a time of the week",
        "mon-fri 08:00-24:01 UTC | invalid time of day",
        "mon-fri 08:60-18:00 UTC | invalid time of day",
        "mon-fri 24:00-18:00 UTC | invalid time of day",
        "mon-fri 25:00-18:00 UTC | invalid time of day",
        "mon-fri 08:00-18:99 UTC | invalid time of day",
        "mon-fri 08:00-08:00 UTC | is empty",
        "monday 08:00-18:00 UTC | days",
        "mon-tue-wed 08:00-18:00 UTC | days",
        "mon, 08:00-18:00 UTC | days",
        "weekly 08:00-18:00 UTC | days",
        "mon-fri 08:00-18:00 Europe/Atlantis | unknown time zone",
        "mon-fri 08:00-18:00 ../../etc/passwd | unknown time zone",
      })
  void refusesWhatIsNoTimeAndSaysWhy(String text, String part) {
    assertThat(TimeWindow.parse(text))
        .isInstanceOfSatisfying(
            Parsed.Malformed.class, malformed -> assertThat(malformed.reason()).contains(part));
  }

  @Test
  void alwaysIsAlways() {
    for (int hour = 0; hour < 24 * 7; hour++) {
      assertThat(TimeWindow.ALWAYS.contains(Samples.NOW.plusSeconds(3600L * hour))).isTrue();
    }
    assertThat(TimeWindow.ALWAYS).hasToString("daily 00:00-24:00 UTC");
  }

  @Test
  void cannotBeEmptyOrOutOfRange() {
    Set<DayOfWeek> monday = Set.of(DayOfWeek.MONDAY);
    assertThatThrownBy(() -> new TimeWindow(Set.of(), 0, 1, ZoneOffset.UTC))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new TimeWindow(monday, 5, 5, ZoneOffset.UTC))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new TimeWindow(monday, 1440, 1, ZoneOffset.UTC))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new TimeWindow(monday, 0, 1441, ZoneOffset.UTC))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
