package dev.sallyport.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Fuzz;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jline.terminal.Size;
import org.jline.utils.ScreenTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** A recording is played in a window of another size as it looked, and the cursor ends below it. */
class WindowFitTest {
  private static final String ESC = "\u001b";

  /**
   * What full-screen programs and shells do, but for what the emulator of the test does in a way of
   * its own, such as erasing after a character in the last column. {@code ^} is ESC.
   */
  private static final List<String> OUTPUTS =
      List.of(
          "word ",
          "a longer word and more ",
          "\r\n",
          "\r\n",
          "\r",
          "\b",
          "^[H",
          "^[3;5H",
          "^[99;99H",
          "^[99;1H",
          "^[99d\r",
          "^[7G",
          "^[5G^[99C\b",
          "^[2A\r",
          "\r^[K",
          "^[9G^[1K",
          "\r^[2K",
          "^[3G^[J",
          "^[H^[2J",
          "\r^[L",
          "\r^[2M",
          "\r^M",
          "\r^D",
          "^[4G^[2P",
          "^[2;6r",
          "^[r",
          "^[31m",
          "^[m",
          "\r\u4e2d\u6587");

  @TempDir Path folder;

  private String play(Window recorded, Window window, String... outputs) throws Exception {
    StringBuilder cast = new StringBuilder();
    cast.append(
        "{\"version\":2,\"width\":%d,\"height\":%d}\n"
            .formatted(recorded.columns(), recorded.rows()));
    for (String output : outputs) {
      cast.append("[0, \"o\", %s]\n".formatted(JsonMapper.shared().writeValueAsString(output)));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Path file = Files.writeString(folder.resolve("session.cast"), cast);
    try (CastReader reader = CastReader.open(file)) {
      new CastPlayer(out, Optional.of(window), 1, Duration.ZERO, due -> {}).play(reader);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String corner(ScreenTerminal terminal, Window size) {
    long[] cells = new long[terminal.getColumns() * terminal.getRows()];
    terminal.dump(cells, new int[2]);
    StringBuilder text = new StringBuilder();
    for (int row = 0; row < size.rows(); row++) {
      for (int column = 0; column < size.columns(); column++) {
        int c = ScreenTerminal.cellCodePoint(cells[row * terminal.getColumns() + column]);
        text.appendCodePoint(c == 0 ? ' ' : c);
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static int cursorRow(ScreenTerminal terminal) {
    int[] cursor = new int[2];
    terminal.dump(new long[terminal.getColumns() * terminal.getRows()], cursor);
    return cursor[1];
  }

  @Test
  void aLargerWindowShowsTheSamePicture() {
    Window recorded = new Window(20, 8);
    Fuzz.run(
        2_000,
        (fuzz, round) -> {
          StringBuilder output = new StringBuilder();
          for (int i = fuzz.below(60); i > 0; i--) {
            output.append(fuzz.pick(OUTPUTS).replace("^", ESC));
          }
          ScreenTerminal seen = new ScreenTerminal(recorded.columns(), recorded.rows());
          seen.write(output.toString());
          Window window = new Window(20 + fuzz.below(30), 8 + fuzz.below(10));
          ScreenTerminal auditors = new ScreenTerminal(window.columns(), window.rows());
          String played = play(recorded, window, output.toString());
          auditors.write(played.substring(0, played.lastIndexOf(ESC + "[0m\u000f")));
          assertThat(corner(auditors, recorded))
              .as(output.toString())
              .isEqualTo(corner(seen, recorded));
        });
  }

  @ParameterizedTest
  @CsvSource({"80, 24", "100, 40", "60, 24", "80, 10"})
  void theCursorEndsBelowWhatWasPlayedAndNothingOfItIsLost(int columns, int rows) throws Exception {
    Window recorded = new Window(80, 24);
    Window window = new Window(columns, rows);
    for (String output :
        List.of(
            "one\r\ntwo\r\nlast",
            "one\r\ntwo\r\nlast" + ESC + "[H",
            "last line is here" + ESC + "[2;5r" + ESC + "[?6h",
            "x\r\n".repeat(50) + "last",
            "last" + ESC + "[?1049h" + ESC + "[20;1Hother",
            ESC + "[?25l" + ESC + "[24;1Hlast")) {
      ScreenTerminal terminal = new ScreenTerminal(columns, rows);
      terminal.write("before\r\n");
      terminal.write(play(recorded, window, output));
      String shown = corner(terminal, new Window(4, rows));
      List<String> lines = shown.lines().toList();
      int row = cursorRow(terminal);
      assertThat(lines.get(row)).as(output).isBlank();
      assertThat(lines.subList(row, rows)).as(output).allMatch(String::isBlank);
      assertThat(shown).as(output).contains("last").doesNotContain("befo");
    }
  }

  @Test
  void aTerminalIsNeverResized() throws Exception {
    ScreenTerminal terminal = new ScreenTerminal(80, 24);
    terminal.setSize(Size.of(80, 24));
    assertThat(play(new Window(1, 1), new Window(80, 24), ESC + "[8;1;1t", ESC + "[?3h"))
        .doesNotContainPattern(ESC + "\\[[0-9;]*t")
        .doesNotContain("?3");
  }
}
