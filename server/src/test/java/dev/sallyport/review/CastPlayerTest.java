package dev.sallyport.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CastPlayerTest {
  private static final String HEADER =
      "{\"version\": 2, \"width\": 100, \"height\": 30, \"timestamp\": 1}\n";
  private static final String CAST =
      HEADER
          + "[0.5, \"o\", \"a\\u001b[31m\"]\n"
          + "[1.0, \"i\", \"typed\"]\n"
          + "[1.5, \"r\", \"120x40\"]\n"
          + "[61.5, \"o\", \"b\\uefff\"]\n"
          + "[62, \"m\", \"marker\"]\n"
          + "[63.5, \"o\", \"c\\u20ac\"]\n";

  @TempDir Path folder;
  private final ByteArrayOutputStream terminal = new ByteArrayOutputStream();
  private final List<Long> waits = new ArrayList<>();

  private void play(String cast, double speed, Duration idleLimit)
      throws IOException, InterruptedException {
    try (CastReader reader = CastReader.open(write(cast))) {
      new CastPlayer(terminal, Optional.empty(), speed, idleLimit, due -> waits.add(due.toMillis()))
          .play(reader);
    }
  }

  private Path write(String cast) throws IOException {
    return Files.writeString(folder.resolve("session.cast"), cast);
  }

  private String played() {
    return terminal.toString(StandardCharsets.ISO_8859_1);
  }

  /** Before what is played, the screen scrolls off. */
  private static final String BEGINNING = "\u001b[30;1H" + "\n".repeat(30) + "\u001b[H\u001b[r";

  @Test
  void sendsTheTerminalTheBytesThatTheRecordedOneWasSentButItsSizes() throws Exception {
    play(CAST, 1, Duration.ofDays(1));
    String resize = "\u001b7\u001b[r\u001b8";
    String end = "c\u00e2\u0082\u00ac";
    assertThat(played())
        .startsWith(BEGINNING + "a\u001b[31m" + resize + "b\u00ff" + end)
        .doesNotContain("typed", "marker")
        .doesNotContainPattern("\u001b\\[[0-9;]*t");
    assertThat(waits).containsExactly(500L, 1500L, 61_500L, 63_500L);
  }

  @Test
  void makesLongPausesShortAndThenAllOfItFaster() throws Exception {
    play(CAST, 2, Duration.ofSeconds(1));
    assertThat(waits).containsExactly(250L, 750L, 1250L, 2000L);
  }

  @Test
  void leavesTheTerminalUsableAlsoWhenItIsInterrupted() throws Exception {
    try (CastReader reader = CastReader.open(write(CAST))) {
      CastPlayer player =
          new CastPlayer(
              terminal,
              Optional.empty(),
              1,
              Duration.ofDays(1),
              due -> {
                throw new InterruptedException();
              });
      assertThatThrownBy(() -> player.play(reader)).isInstanceOf(InterruptedException.class);
    }
    assertThat(played()).contains("\u001b[?1049l", "\u001b[?25h").doesNotContain("a\u001b[31m");
  }

  @Test
  void sendsTheTerminalNothingThatDoesMoreThanDraw() throws Exception {
    play(
        HEADER
            + "[0.5, \"o\", \"\\u001b]52;c;cm0K\\u0007\\u001b[6\"]\n"
            + "[0.6, \"o\", \"n\\u001b[?1000;25hx\"]\n",
        1,
        Duration.ofDays(1));
    assertThat(played()).startsWith(BEGINNING + "\u001b[?25hx");
  }

  @Test
  void aTornLastLineIsTheEnd() throws Exception {
    play(CAST + "[99.0, \"o\", \"to", 1, Duration.ofDays(1));
    assertThat(waits).hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[1, \"o\"]\n",
        "[\"1\", \"o\", \"x\"]\n",
        "[-1, \"o\", \"x\"]\n",
        "[1e999999999, \"o\", \"x\"]\n",
        "[99999999999999999999999, \"o\", \"x\"]\n",
        "[1e-999999999, \"o\", 7]\n",
        "[1, \"r\", \"80\"]\n",
        "[1, \"r\", \"999999x1\"]\n",
        "{}\n",
        "\n",
        "garbage\n",
      })
  void whatIsNoEventIsSaidWithItsLine(String line) {
    assertThatThrownBy(() -> play(HEADER + line, 1, Duration.ZERO))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("session.cast: line 2 is damaged");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{\"version\": 3}\n", "{\"version\": 2}", "[]\n", "x\n"})
  void whatIsNoCastIsRefused(String cast) {
    assertThatThrownBy(() -> play(cast, 1, Duration.ZERO))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("session.cast: line 1 is damaged");
  }

  @Test
  void aTimeOfManyDigitsIsATime() throws Exception {
    try (CastReader reader =
        CastReader.open(write(HEADER + "[0.1234567890123456789, \"o\", \"x\"]\n"))) {
      assertThat(reader.next().map(CastEvent::at)).contains(Duration.ofNanos(123_457_000));
      assertThat(reader.next()).isEqualTo(Optional.empty());
    }
  }
}
