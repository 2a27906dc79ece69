package dev.sallyport.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.terminal.Screen;
import dev.sallyport.terminal.Tokenizer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Output that was made to cost the text export time or memory has its bounds. */
class HostileTextExportTest {
  private static final String ESC = "\u001b";

  /**
   * Each is repeated many times; the second number bounds what one of them writes, in characters.
   */
  static Stream<Arguments> outputs() {
    return Stream.of(
        Arguments.of("line feeds", "\n", 1),
        Arguments.of("lines", "line\r\n", 5),
        Arguments.of("scrolling by a large number", ESC + "[99999S", 1),
        Arguments.of("scrolled lines", "x" + ESC + "[99999S", 2100),
        Arguments.of("inserted lines", ESC + "[99999L", 1),
        Arguments.of("lines inserted below text", "x" + ESC + "[L", 2100),
        Arguments.of("cleared screens", ESC + "[2J" + ESC + "[99999;99999Hx", 2100),
        Arguments.of("the letter E", ESC + "#8", 1),
        Arguments.of("repeated characters", "x" + ESC + "[99999b", 2100),
        Arguments.of("repeated characters, overwritten", "\rx" + ESC + "[99999b", 2100),
        Arguments.of("inserted characters", "x" + ESC + "[99999@", 2100),
        Arguments.of("one character over another", "x\ry\r", 40),
        Arguments.of("nothing wraps", ESC + "[?7l" + ESC + "[99999Cxy", 2100),
        Arguments.of("combining characters", "\u0301", 8),
        Arguments.of("other combining characters", "\u0301\u0302x\u0303\u0304\u0301", 50),
        Arguments.of("titles", ESC + "]0;t\u0007" + ESC + "]0;u\u0007", 40),
        Arguments.of("numbered strings", ESC + "]%d;x\u0007", 20),
        Arguments.of("parameters", ESC + "[1;", 1),
        Arguments.of("alternate screens", ESC + "[?1049hx" + ESC + "[?1049l", 4100),
        Arguments.of("tabs", "\t\u001b[99999I\u001b[99999Z", 1),
        Arguments.of("wide characters", "\u4e2d", 2));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("outputs")
  void writesAtMostAFixedNumberOfCharactersForEachFunction(String name, String output, int most) {
    for (int[] size : new int[][] {{80, 24}, {1, 1}, {65_535, 65_535}}) {
      StringBuilder text = new StringBuilder();
      TextLines lines = new TextLines(text);
      Screen screen = new Screen(size[0], size[1], lines);
      Tokenizer tokenizer = Tokenizer.ofText(screen);
      int times = 3000;
      long written = 0;
      for (int i = 0; i < times; i++) {
        tokenizer.accept(output.replace("%d", Integer.toString(i)));
        written += text.length();
        text.setLength(0);
      }
      tokenizer.end();
      screen.end();
      lines.end(screen.ledger());
      written += text.length();
      assertThat(written).isLessThan((long) (most + 1) * times + 2 * 4096);
      assertThat(screen.ledger().printed())
          .isEqualTo(screen.ledger().written() + screen.ledger().again());
    }
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void anySizeIsTakenAnyNumberOfTimes(int columns, int rows) {
    StringBuilder text = new StringBuilder();
    TextLines lines = new TextLines(text);
    Screen screen = new Screen(80, 24, lines);
    Tokenizer tokenizer = Tokenizer.ofText(screen);
    for (int i = 0; i < 2000; i++) {
      tokenizer.accept("secret \u4e2d");
      screen.resize(columns, rows);
      tokenizer.accept("words\r\n");
      screen.resize(1 + i % 7, 1 + i % 3);
    }
    screen.end();
    lines.end(screen.ledger());
    assertThat(screen.ledger().printed())
        .isEqualTo(screen.ledger().written() + screen.ledger().again())
        .isEqualTo(2000 * 12);
  }

  static Stream<Arguments> sizes() {
    return Stream.of(
        Arguments.of(1, 1),
        Arguments.of(65_535, 65_535),
        Arguments.of(0, 0),
        Arguments.of(Integer.MAX_VALUE, Integer.MIN_VALUE),
        Arguments.of(1, 65_535));
  }
}
