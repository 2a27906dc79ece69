package dev.sallyport.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sallyport.Fuzz;
import dev.sallyport.recording.CastText;
import dev.sallyport.terminal.ControlString;
import dev.sallyport.terminal.Screen;
import dev.sallyport.terminal.Tokenizer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the text export makes of a terminal's output. */
class TextExportTest {
  private static final String ESC = "\u001b";

  private static String text(String... outputs) {
    return text(80, 24, outputs);
  }

  private static String text(int columns, int rows, String... outputs) {
    StringBuilder text = new StringBuilder();
    TextLines lines = new TextLines(text);
    Screen screen = new Screen(columns, rows, lines);
    Tokenizer tokenizer = Tokenizer.ofText(screen);
    for (String output : outputs) {
      tokenizer.accept(output);
    }
    tokenizer.end();
    screen.end();
    lines.end(screen.ledger());
    return text.toString();
  }

  private static String lines(String... lines) {
    return String.join("\n", lines) + "\n";
  }

  /** In the output ^ is ESC. */
  static Stream<Arguments> outputs() {
    return Stream.of(
        arguments("plain", "plain\n"),
        arguments("a\r\nb\r\n\r\nc", "a\nb\n\nc\n"),
        arguments("a\r\n\r\n\r\n", "a\n"),
        arguments("^[1;31mred^[0m text", "red text\n"),
        arguments("^[38:2::1:2:3mred", "red\n"),
        arguments("^(Bset ^=keypad ^>^7^8x", "set keypad x\n"),
        arguments("^[31^[0mx", "x\n"),
        arguments("^[3\u0018x", "x\n"),
        arguments("a\u0000\u0007\u007fb", "ab\n"),
        arguments("a\tb", "a       b\n"),
        arguments("\ueffe\u202eabc\u2028", "\\xfe\\u202eabc\\u2028\n"),
        arguments("caf\u00e9 \u4f60\ud83d\ude00", "caf\u00e9 \u4f60\ud83d\ude00\n"),
        // Control strings are on no screen: marked in their line.
        arguments("^]0;me@web\u0007$ ls", "$ ls [title: me@web]\n"),
        arguments("^]2;t^\\after", "after [title: t]\n"),
        arguments("^kt^\\after", "after [title: t]\n"),
        arguments("^Pq pic\r\nture^\\after", "after [DCS: q pic\\u000d\\u000ature]\n"),
        arguments("^_apc^\\^^pm^\\^Xsos^\\after", "after [APC: apc] [PM: pm] [SOS: sos]\n"),
        arguments(
            "^]52;c;cm0K^\\^]133;A\u0007^]x\u0007", "[clipboard: c;cm0K] [OSC 133: A] [OSC: x]\n"),
        arguments("\u009b31mred\u009d0;t\u009cok", "redok [title: t]\n"),
        arguments(
            "^]0;t\u0007one\r\n^]0;t\u0007two",
            lines("one [title: t]", "two", "[left out: 1 mark like the one before, 1 character]")),
        arguments("[title: fake] [x] [left out: 0", "\\u005btitle: fake] [x] \\u005bleft out: 0\n"),
        // A few characters that are replaced are a mark of the row.
        arguments("50%\r  done", "  done [overwritten: 50%]\n"),
        arguments(
            "1%\r2%\r3%",
            "3% [overwritten: 1% | 2%]\n[left out: 2 characters drawn again where they stood]\n"),
        arguments("lss\b^[K -l", "ls -l [overwritten: lss]\n"),
        arguments("$ rm /\b \b\b \b\b \b\b \bls", "$ ls [overwritten: rm /]\n"),
        arguments("abc^[3Dxy", "xyc [overwritten: abc]\n"),
        arguments("abxc^[2D^[P", "abc [overwritten: abxc]\n"),
        arguments("abc^[2Gx", "axc [overwritten: abc]\n"),
        arguments("abcdef^[3D^[1K", "    ef [overwritten: abcdef]\n"),
        arguments("abc^[2K\rnew", "new [overwritten: abc]\n"),
        arguments("abc^[?2K", "[overwritten: abc]\n"),
        arguments(
            "secret\rsacred",
            lines(
                "sacred [overwritten: secret]",
                "[left out: 4 characters drawn again where they stood]")),
        arguments(
            "abc^[?7l^[80Gxyz",
            "abc                                                                            z [past"
                + " the edge: xy]\n"),
        // A line editor inserts and deletes in the middle of a line: nothing is lost.
        arguments("ac^[D^[@b", "abc\n"),
        arguments(
            "acd\b\bbcd\b\bxcd", "abxcd\n[left out: 4 characters drawn again where they stood]\n"),
        arguments(
            "abcd\b\b\bcd \b\b",
            "acd [overwritten: abcd]\n[left out: 2 characters drawn again where they stood]\n"),
        // More is written out before it is lost.
        arguments("$ rm -rf /home^[2K\r$ ls", "$ rm -rf /home [erased]\n$ ls\n"),
        arguments(
            "A LONG LINE OF TEXT\rand another one",
            "A LONG LINE OF TEXT [overwritten]\nand another oneTEXT\n"),
        arguments("one^[5;1Htwo^[2J^[Hthree", "one\n\ntwo\nthree\n"),
        arguments("secret^[2J^[3J^[Hnothing", "secret\nnothing\n"),
        arguments(
            "^[?2026hsecret words here^[2K\rdone^[?2026l", "secret words here [erased]\ndone\n"),
        arguments("$ vim\r\n^[?1049h^[Hfull\r\nscreen^[?1049l$ ", "$ vim\nfull\nscreen\n$\n"),
        arguments("^[?1049hsecret^[2J^[3J^[?1049l", "secret\n"),
        arguments("one\r\ntwo\r\nthree^[2;1H^[M", "one\ntwo\nthree\n"),
        arguments("one^[H^[Lzero", "zero\none\n"),
        arguments("abc^#8x", "abc\nx\n"),
        arguments("abc^cx", "abc\nx\n"));
  }

  @ParameterizedTest
  @MethodSource("outputs")
  void keepsWhatWasPrintedAndNothingThatControls(String output, String expected) {
    assertThat(text(output.replace("^", ESC).replace(ESC + ESC, ESC + "^"))).isEqualTo(expected);
  }

  @Test
  void aCommandThatIsLongerThanTheWindowIsWhole() {
    String command = "echo " + "0123456789".repeat(15);
    assertThat(text(80, 24, "$ " + command + "\r\nout")).isEqualTo("$ " + command + "\nout\n");
    // As readline draws it: a space and a return at the edge.
    String drawn = "$ " + command.substring(0, 78) + " \r" + command.substring(78);
    assertThat(text(80, 24, drawn)).startsWith("$ " + command + "\n");
    // And what was printed to hide behind a return is there.
    assertThat(text(80, 24, "X" + " ".repeat(70) + "\r" + " ".repeat(80) + "\r\n"))
        .isEqualTo("[overwritten: X]\n");
  }

  @Test
  void aScrolledScreenIsWrittenOnceAndInItsOrder() {
    StringBuilder output = new StringBuilder();
    StringBuilder expected = new StringBuilder();
    for (int i = 1; i <= 1000; i++) {
      output.append("line ").append(i).append("\r\n");
      expected.append("line ").append(i).append('\n');
    }
    assertThat(text(80, 24, output.toString())).isEqualTo(expected.toString());
  }

  @Test
  void pagesOfAFullScreenProgramFollowEachOther() {
    StringBuilder output = new StringBuilder(ESC + "[?1049h");
    StringBuilder expected = new StringBuilder();
    for (int page = 1; page <= 3; page++) {
      for (int row = 1; row <= 4; row++) {
        String line = "of page " + "one TWO th3".split(" ")[page - 1].repeat(5) + " row " + row;
        output.append(ESC + "[" + row + ";1H" + line + ESC + "[K");
        expected.append(line).append(row == 1 && page < 3 ? " [overwritten]\n" : "\n");
      }
    }
    assertThat(
            text(80, 4, output + ESC + "[?1049l").lines().filter(line -> !line.startsWith("[left")))
        .containsExactlyElementsOf(expected.toString().lines().toList());
  }

  @Test
  void aProgressBarIsAFewLines() {
    StringBuilder output = new StringBuilder("before\r\n");
    for (int i = 0; i <= 1000; i++) {
      output.append("\rreceived ").append(i).append(" of 1000");
    }
    List<String> lines = text(80, 24, output + "\r\nafter").lines().toList();
    assertThat(lines).hasSizeLessThan(15).startsWith("before").contains("after");
    assertThat(String.join(" ", lines)).contains("received 1000 of 1000");
  }

  @Test
  void anOverwrittenLineThatComesAgainIsCounted() {
    String again = "the same line, again\r" + ESC + "[K";
    assertThat(text(80, 24, again.repeat(100) + "end"))
        .isEqualTo(
            lines(
                "the same line, again [erased]",
                "[the line above, 99 times more]",
                "end",
                "[left out: 99 lines like the one before, 1,683 characters]"));
  }

  @Test
  void theBeginningOfALongTitleIsShownAndTheRestCounted() {
    assertThat(text(80, 24, ESC + "]0;" + "t".repeat(60_000) + "\u0007after\r\n"))
        .isEqualTo(
            "after [title, 60,000 characters: "
                + "t".repeat(ControlString.KEPT - 2)
                + "\u2026]\n[left out: 59,802 characters of titles]\n");
    // A sequence hides as much.
    assertThat(text(80, 24, ESC + "[" + "1;".repeat(500) + "mafter"))
        .startsWith("after [sequence, 1,000 characters: 1;1;")
        .endsWith("[left out: 872 characters of long sequences]\n");
  }

  @Test
  void nobodyHidesTheRestOfASessionBehindAControlStringThatDoesNotEnd() {
    assertThat(text(ESC + "]0;", "x".repeat(Tokenizer.LONGEST_STRING), "\r\nrm -rf /\r\n"))
        .contains("\nrm -rf /\n");
    assertThat(text(ESC + "[", "1".repeat(Tokenizer.LONGEST_STRING), "\r\nrm -rf /\r\n"))
        .contains("\nrm -rf /\n");
    assertThat(text(ESC + "]0;not ended")).contains("[title: not ended]");
  }

  @Test
  void whatANewSizeCutsIsWrittenBefore() {
    StringBuilder text = new StringBuilder();
    TextLines lines = new TextLines(text);
    Screen screen = new Screen(80, 24, lines);
    Tokenizer tokenizer = Tokenizer.ofText(screen);
    tokenizer.accept("one\r\na line that is cut\r\nthree");
    screen.resize(5, 2);
    screen.resize(80, 24);
    tokenizer.accept("!");
    screen.end();
    lines.end(screen.ledger());
    assertThat(text).hasToString("one\na line that is cut\nthree\nthre!\n");
  }

  @Test
  void aLineWithoutEndIsCutAndNoCursorMovementMakesItLonger() {
    String longest = "x".repeat(3 * TextLines.LONGEST_LINE + 1);
    assertThat(text(longest).lines()).hasSize(3).allMatch(line -> line.matches("x+"));
    assertThat(text(ESC + "[999999999C" + ESC + "[99999999999999999999Cx" + ESC + "[999999999@y"))
        .hasSizeLessThan(TextLines.LONGEST_LINE);
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
