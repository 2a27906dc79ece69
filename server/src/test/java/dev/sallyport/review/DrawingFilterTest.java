package dev.sallyport.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Fuzz;
import dev.sallyport.terminal.Tokenizer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DrawingFilterTest {
  private static String filtered(String text) {
    return filtered(new NotPlayed(), text);
  }

  private static String filtered(NotPlayed notPlayed, String text) {
    DrawingFilter filter = new DrawingFilter(notPlayed);
    Tokenizer.ofText(filter).accept(text.replace("^[", "\u001b"));
    return filter.take();
  }

  private static String text(String text) {
    return text.replace("^[", "\u001b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain, \u00e9\u4e2d\ud83d\ude00\r\n\t\b\u0007",
        "^[[31;1m^[[38;2;1;2;3m^[[38:2::1:2:3m^[[m",
        "^[[2J^[[H^[[10;20H^[[K^[[?2K^[[5A^[[3d^[[7G^[[80`",
        "^[[4h^[[4l^[[1;24r^[[3L^[[3M^[[2P^[[2@^[[5S^[[5T^[[9999b",
        "^[[?1049h^[[?25l^[[?7l^[[?12;25h^[[0J^[[1J^[[?2J",
        "^[7^[8^[M^[D^[E^[(0lqk^[(B^[)0\u000e\u000f^[#8",
        "^[[2 q^[[!p",
      })
  void whatDrawsPasses(String drawing) {
    assertThat(filtered(drawing)).isEqualTo(text(drawing));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Questions: the terminal types the answer.
        "^[[c",
        "^[[>c",
        "^[[=c",
        "^[[0c",
        "^[[5n",
        "^[[6n",
        "^[[?6n",
        "^[[x",
        "^[Z",
        "\u0005",
        "^[[?25$p",
        "^[[4$p",
        "^[[>q",
        "^[[?u",
        "^[[1;1;1;1;1;1*y",
        "^[P$qm^[\\",
        "^[P+q544e^[\\",
        "^[]10;?\u0007",
        "^[]4;1;?^[\\",
        "^[[18t",
        "^[[21t",
        "^[[?1;1;0S",
        // The title, the clipboard, files, a font, links, pictures.
        "^[]0;title\u0007",
        "^[]52;c;cm0gLXJmIH4K\u0007",
        "^[]1337;File=:AA\u0007",
        "^[]50;x^[\\",
        "^[]8;;http://evil^[\\",
        "^[ktitle^[\\",
        "^[_Ga=q;AA^[\\",
        "^[Xsos^[\\",
        "^[^pm^[\\",
        "^[[8;1;1t",
        "^[[3;0;0t",
        "^[[22;2t",
        // The printer, the keyboard, the mouse, echo, other encodings.
        "^[[5i",
        "^[[?5i",
        "^[[2h",
        "^[[12l",
        "^[[?1h",
        "^[=",
        "^[>",
        "^[[?1000h",
        "^[[?1006;1004h",
        "^[[?2004h",
        "^[[>4;2m",
        "^[[>1u",
        "^[[=1;1u",
        "^[[1;1;1;1;1T",
        "^[[1q",
        "^[%@",
        "^[%G",
        "^[ G",
        "^[\"p",
        "^[[62;1\"p",
        // What has scrolled off, and what holds the picture back or shows other letters or half of
        // them.
        "^[[3J",
        "^[[03J",
        "^[[?3J",
        "^[[2;3J",
        "^[[?2026h",
        "^[(A",
        "^[)5",
        "^[*0",
        "^[n",
        "^[#3",
        "^[#6",
        "^[[8m",
        "^[[08m",
        "^[[8:1m",
        "\u202e\u2066\u200f\u061c",
        // Too many times, too long, unfinished, cancelled.
        "^[[10000b",
        "^[[99999999999S",
        "^[[31\u0018",
        "^[[31\u001a",
        "^[[",
        "^[",
        "^[]0;",
        // C1, as characters.
        "\u009b6n",
        "\u009d0;title\u009c",
        "\u0090$qm\u009c",
        "\u009a",
      })
  void whatDoesMoreIsLeftOutWhole(String hostile) {
    assertThat(filtered(hostile)).isEmpty();
  }

  @Test
  void whatIsAllowedBesideWhatIsNotPasses() {
    assertThat(filtered("^[[?1000;25;1006h")).isEqualTo(text("^[[?25h"));
    assertThat(filtered("a^[]0;t\u0007b^[[6nc")).isEqualTo("abc");
    assertThat(filtered("\u009b31mred\u0085")).isEqualTo(text("^[[31mred^[E"));
    assertThat(filtered("^[[3\r1m")).isEqualTo(text("\r^[[31m"));
    assertThat(filtered("^[[3^[[6n1m")).isEqualTo("1m");
    assertThat(filtered("^[[1;8;31mx")).isEqualTo(text("^[[1;31mx"));
    assertThat(filtered("^[[38;5;8mx^[[38;2;8;8;8mx"))
        .isEqualTo(text("^[[38;5;8mx^[[38;2;8;8;8mx"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "^[[31;41m",
        "^[[41;31m",
        "^[[30m^[[40m",
        "^[[38;5;1;41m",
        "^[[38:5:196m^[[101m",
        "^[[38;2;10;20;30;48;2;12;21;30m",
        "^[[38:2::10:20:30m^[[48:2:10:20:31m",
        "^[[038;5;4m^[[44m",
        "^[[31m^[7^[[39;41m^[[m^[8^[[41m",
      })
  void noTextHasTheColourOfItsBackground(String colours) {
    assertThat(filtered(colours + "secret")).endsWith(text("^[[39;49msecret"));
    // And the colours come back when they differ again.
    assertThat(filtered(colours + "^[[42mx")).matches("(?s).*\u001b\\[[0-9;:]*;42mx");
  }

  @Test
  void aResetErasesOnlyTheScreen() {
    assertThat(filtered("a^[cb"))
        .startsWith("a")
        .endsWith(text("^[[H^[[2Jb"))
        .doesNotContain(text("^[c"), text("^[[3J"));
  }

  @Test
  void whatIsLeftOutIsCounted() {
    NotPlayed notPlayed = new NotPlayed();
    String played =
        filtered(notPlayed, "^[]0;title\u0007^[]52;c;AA\u0007^[_x^[\\^[[6n^[[8m^[[31;41ma^[[3Jb");
    assertThat(played).isEqualTo(text("^[[31;41m^[[39;49mab"));
    assertThat(notPlayed)
        .hasToString(
            "1 APC string, 1 clipboard write, 1 title (10 characters), 2 control functions that"
                + " would do more than draw, 2 controls that would hide text");
    assertThat(new NotPlayed()).hasToString("");
  }

  @Test
  void aLongSequenceIsLeftOutAndWhatFollowsIsShown() {
    assertThat(filtered("^[[" + "1;".repeat(500) + "mx")).isEqualTo("x");
  }

  @Test
  void aStringThatDoesNotEndHidesNoSession() {
    assertThat(filtered("^[]0;" + "x".repeat(Tokenizer.LONGEST_STRING + 10) + "shown"))
        .endsWith("shown");
  }

  @Test
  void sequencesMayBeSplitAnywhere() {
    DrawingFilter filter = new DrawingFilter(new NotPlayed());
    Tokenizer tokenizer = Tokenizer.ofText(filter);
    StringBuilder all = new StringBuilder();
    text("^[[31mred^[]52;c;AA^[\\^[[6n.")
        .chars()
        .forEach(c -> {
          tokenizer.accept(c);
          all.append(filter.take());
        });
    assertThat(all).hasToString(text("^[[31mred."));
  }

  @Test
  void bytesThatWouldControlATerminalWithoutUtf8AreQuestionMarks() {
    // 0x9b 6n and a byte that is a letter in Latin-1, as the cast holds bytes that are not UTF-8.
    assertThat(filtered("\uef9b6n\uefe9")).isEqualTo("?6n\uefe9");
  }

  @Test
  void whatIsLeftIsLeftAgain() {
    List<String> corpus =
        List.of(
            "\u001b[31;1mred\u001b[?25;1000h",
            "\u001b]0;t\u0007\u001b(B",
            "\u009b6n\u001bP1$r\u001b\\");
    Fuzz.run(
        50_000,
        (fuzz, round) -> {
          String once = filtered(fuzz.mutate(corpus));
          NotPlayed notPlayed = new NotPlayed();
          String again = filtered(notPlayed, once);
          assertThat(notPlayed.toString()).doesNotContain("function", "(");
          if (!once.contains(text("^[[39;49m"))) {
            assertThat(again).isEqualTo(once);
          }
          assertThat(once.chars()).noneMatch(c -> c == 0x7f || (c >= 0x80 && c < 0xa0) || c == 5);
        });
  }
}
