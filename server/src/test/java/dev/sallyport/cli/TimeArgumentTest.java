package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.model.TimeText;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class TimeArgumentTest {
  private static final ZoneId VIENNA = ZoneId.of("Europe/Vienna");
  private static final Instant NOW = Instant.parse("2026-03-14T17:00:05Z");

  private final TimeArgument argument = new TimeArgument(() -> NOW, VIENNA);

  @ParameterizedTest
  @CsvSource({
    "2026-03-14, 2026-03-13T23:00:00Z",
    "2026-07-14, 2026-07-13T22:00:00Z",
    "2026-03-14 18:00, 2026-03-14T17:00:00Z",
    "2026-03-14 18:00:05, 2026-03-14T17:00:05Z",
    "2026-03-14T18:00, 2026-03-14T17:00:00Z",
    "2026-03-14T18:00:05.25, 2026-03-14T17:00:05.250Z",
    "2026-03-14T18:00Z, 2026-03-14T18:00:00Z",
    "2026-03-14T18:00:05Z, 2026-03-14T18:00:05Z",
    "2026-03-14T18:00:05-05:00, 2026-03-14T23:00:05Z",
    "2026-03-14 18:00:05+01:00, 2026-03-14T17:00:05Z",
    "2026-03-14 18:00:05 +01:00, 2026-03-14T17:00:05Z",
    "2026-03-29 02:30, 2026-03-29T01:30:00Z", // a time of day that the clocks skip
    "2026-10-25 02:30, 2026-10-25T00:30:00Z", // one that comes twice
    "0s, 2026-03-14T17:00:05Z",
    "90s, 2026-03-14T16:58:35Z",
    "30m, 2026-03-14T16:30:05Z",
    "6h, 2026-03-14T11:00:05Z",
    "1d, 2026-03-13T17:00:05Z",
    "2w, 2026-02-28T17:00:05Z",
  })
  void readsDatesTimesAndHowLongAgo(String text, Instant meant) {
    assertThat(argument.convert(text)).isEqualTo(meant);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "noon",
        "now",
        "1",
        "-1d",
        "1y",
        "1d2h",
        "1.5h",
        "1000000d",
        "18:00",
        "2026-3-14",
        "2026-02-30",
        "2026-03-14T",
        "2026-03-14 24:01",
        "2026-03-14 18",
        "2026-03-14 18:00:05 Europe/Vienna",
        "2026-03-14+01:00",
        "2026-03-14T18:00:05+19:00",
        "+2026-03-14",
        "12026-03-14",
        "\u0662026-03-14",
      })
  void saysHowATimeIsWritten(String text) {
    assertThatExceptionOfType(TypeConversionException.class)
        .isThrownBy(() -> argument.convert(text))
        .withMessageStartingWith("write a time: 2026-03-14, '2026-03-14 18:00'");
  }

  @ParameterizedTest
  @CsvSource({
    "2026-03-14T17:00:05Z, Europe/Vienna, 2026-03-14T18:00:05+01:00",
    "2026-07-14T17:00:05.999Z, Europe/Vienna, 2026-07-14T19:00:05+02:00",
    "2026-03-14T17:00:05Z, UTC, 2026-03-14T17:00:05+00:00",
    "2026-03-14T17:00:05Z, Asia/Kolkata, 2026-03-14T22:30:05+05:30",
  })
  void printsTheOffset(Instant time, ZoneId zone, String printed) {
    assertThat(new TimeText(zone).of(time)).isEqualTo(printed);
  }

  /** Whatever zone the reader is in, and in the hour that comes twice. */
  @ParameterizedTest
  @ValueSource(strings = {"2026-03-14T17:00:05Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"})
  void readsWhatIsPrinted(Instant time) {
    for (String zone : new String[] {"Europe/Vienna", "UTC", "America/St_Johns"}) {
      assertThat(argument.convert(new TimeText(ZoneId.of(zone)).of(time))).isEqualTo(time);
    }
  }
}
