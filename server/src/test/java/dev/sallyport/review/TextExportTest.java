package dev.sallyport.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sallyport.Fuzz;
import dev.sallyport.recording.CastText;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the text export makes of a terminal's output. */
class TextExportTest {
  private static final String ESC = "\u001b";

  private static String text(String... outputs) throws IOException {
    StringBuilder lines = new StringBuilder();
    PrintedText printed = new PrintedText(lines);
    ControlFilter filter = new ControlFilter(printed);
    for (String output : outputs) {
      filter.accept(output);
    }
    printed.end();
    return lines.toString();
  }

  /** In the output ^ is ESC. */
  static Stream<Arguments> outputs() {
    return Stream.of(
        arguments("plain", "plain\n"),
        arguments("a\r\nb\r\n\r\nc", "a\nb\n\nc\n"),
        arguments("^[1;31mred^[0m text", "red text\n"),
        arguments("^[38:2::1:2:3mred", "red\n"),
        arguments("^]0;title\u0007after", "after\n"),
        arguments("^]0;title^\\after", "after\n"),
        arguments("^Pq picture\r\n^\\after", "after\n"),
        arguments("^_apc^\\^^pm^\\^Xsos^\\after", "after\n"),
        arguments("\u009b31mred\u009d0;t\u009cok", "redok\n"),
        arguments("^(Bset ^=keypad ^>^7^8x", "set keypad x\n"),
        arguments("^#8align", "align\n"),
        arguments("50%\r100%", "100%\n"),
        arguments("lss\b^[K -l", "ls -l\n"),
        arguments("abc^[3Dxy", "xyc\n"),
        arguments("ac^[D^[@b", "abc\n"),
        arguments("abxc^[2D^[P", "abc\n"),
        arguments("abc^[2Gx", "axc\n"),
        arguments("abcdef^[3D^[1K", "    ef\n"),
        arguments("abc^[2K\rnew", "new\n"),
        arguments("abc^[?2K", "abc\n"),
        arguments("a\tb", "a       b\n"),
        arguments("one^[5;1Htwo^[2J^[Hthree", "one\ntwo\nthree\n"),
        arguments("^[?1049hfull^[?25l", "full\n"),
        arguments("^[31^[0mx", "x\n"),
        arguments("^[3\u0018x", "x\n"),
        arguments("a\u0000\u0007\u007fb", "ab\n"),
        arguments("\ueffe\u202eabc\u2028", "\\xfe\\u202eabc\\u2028\n"),
        arguments("caf\u00e9 \u4f60\ud83d\ude00", "caf\u00e9 \u4f60\ud83d\ude00\n"));
  }

  @ParameterizedTest
  @MethodSource("outputs")
  void keepsWhatWasPrintedAndNothingThatControls(String output, String expected)
      throws IOException {
    assertThat(text(output.replace("^", ESC).replace(ESC + ESC, ESC + "^"))).isEqualTo(expected);
  }

  @Test
  void nobodyHidesTheRestOfASessionBehindAControlStringThatDoesNotEnd() throws IOException {
    assertThat(text(ESC + "]0;", "x".repeat(ControlFilter.LONGEST_STRING), "\r\nrm -rf /\r\n"))
        .contains("rm -rf /");
  }

  @Test
  void aLineWithoutEndIsCutAndNoCursorMovementMakesItLonger() throws IOException {
    String longest = "x".repeat(3 * PrintedText.LONGEST_LINE + 1);
    assertThat(text(longest).lines()).hasSize(4).allMatch(line -> line.matches("x+"));
    assertThat(text(ESC + "[999999999C" + ESC + "[99999999999999999999Cx" + ESC + "[999999999@y"))
        .hasSizeLessThan(3 * PrintedText.LONGEST_LINE);
  }

  @Test
  void nothingThatControlsATerminalComesThroughHoweverItIsSplit() {
    Fuzz.run(
        50_000,
        (fuzz, round) -> {
          StringBuilder output = new StringBuilder();
          for (int i = fuzz.below(40); i > 0; i--) {
            output.appendCodePoint(
                switch (fuzz.below(4)) {
                  case 0 -> 0x1b;
                  case 1 -> fuzz.below(0xa0);
                  case 2 ->
                      "[]PX^_\\;0123?KHmh@PCDG\r\n\b\u0007\u009b\u202e".codePointAt(fuzz.below(26));
                  default -> fuzz.below(0xd800);
                });
          }
          String all = output.toString();
          int cut = fuzz.below(all.length() + 1);
          String text = text(all.substring(0, cut), all.substring(cut));
          assertThat(text).isEqualTo(text(all));
          assertThat(
                  text.codePoints()
                      .filter(c ->
                          (Character.isISOControl(c) && c != '\n')
                              || c == 0x202e
                              || CastText.isRaw(c)))
              .isEmpty();
        });
  }
}
