package dev.sallyport.recording.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** In the scripts {@code <} is typed and {@code >} is shown. */
final class InputGateTest {
  private final StringBuilder record = new StringBuilder();
  private final InputGate gate = new InputGate(typed -> record.append(typed.text()));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        // Slowly and at once, cooked and by readline.
        "<l >l <s >s <\\r >\\r\\n | ls\\r",
        "<ls\\r >ls\\r\\n | ls\\r",
        "<ls >l <\\r >s\\r\\n\\e[?2004l\\r | ls\\r",
        "<ls\\r >\\e[1m\\e[31ml\\e[0ms\\e[39m\\r\\n | ls\\r",
        // Backspace: cooked, by readline, and before a space.
        "<lx\\x7fs\\r >lx\\b_\\bs\\r\\n | lx\\x7fs\\r",
        "<lx\\x7fs\\r >lx\\b\\e[Ks\\r\\n | lx\\x7fs\\r",
        "<lx\\x7f_s\\r >lx\\b\\e[K_s\\r\\n | lx\\x7f_s\\r",
        // A letter outside ASCII.
        "<\u00e9\\r >\u00e9\\r\\n | \u00e9\\r",
        "<\\r >\\r\\n | \\r"
      })
  void recordsWhatWasEchoed(String script, String expected) {
    assertThat(play(script)).isEqualTo(unescape(expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        // sudo, su, ssh, read -s: nothing, or only the end of the line.
        "<hunter2\\r >\\r\\n | [7 bytes without echo]\\r",
        "<hunter2\\r | [7 bytes without echo]\\r",
        "<hunter2 | [7 bytes without echo]",
        // Stars, more or fewer than letters.
        "<hunter2\\r >*******\\r\\n | [7 bytes without echo]\\r",
        // The prompt comes while it is typed.
        "<Pa >Password:_ <ss\\r >\\r\\n | [4 bytes without echo]\\r",
        "<hun >hun >Password:_ <ter2\\r >\\r\\n | [7 bytes without echo]\\r",
        // Its letters come by chance, in order, soon after, with something between or around.
        "<hunter2\\r >\\r\\nhunter2\\r\\n | [7 bytes without echo]\\r",
        "<hunter2\\r >h_u_n_t_e_r_2\\r\\n | [7 bytes without echo]\\r",
        "<hunter2\\r >hunter22\\r\\n | [7 bytes without echo]\\r",
        "<hunter2\\r >xhunter2\\r\\n | [7 bytes without echo]\\r",
        "<1 >1 <2 >2: >30 <\\r >\\r\\n | [2 bytes without echo]\\r",
        "<hunter2 >hunter2\\r\\n <\\r >\\r\\n | [7 bytes without echo]\\r",
        "<ab\\r >a\\e[5Cb\\r\\n | [2 bytes without echo]\\r",
        "<ab\\r >a\\e[Kb\\r\\n | [2 bytes without echo]\\r",
        "<ab\\r >a\\bab\\r\\n | [2 bytes without echo]\\r",
        // Ahead of the program that reads it.
        "<su\\rhunter2\\r >su\\r\\nPassword:_ >\\r\\n | [2 bytes without echo]\\r[7 bytes without echo]\\r",
        // Interrupted, then typed again.
        "<hun\\x03 >^C\\r\\n <hunter2\\r >\\r\\n | [4 bytes without echo][7 bytes without echo]\\r",
        "<h\\x03 >hello | [2 bytes without echo]",
        "<h\\t >hello <\\r >\\r\\n | [2 bytes without echo]\\r"
      })
  void recordsOnlyTheCountOfWhatWasNot(String script, String expected) {
    assertThat(play(script)).isEqualTo(unescape(expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "<cat_f >cat_f <\\t >ile <\\r >\\r\\n | cat_f[1 byte without echo]\\r",
        "<\\e[A >ls <\\r >\\r\\n | [3 bytes without echo]\\r",
        "<ls >ls <\\x01 >\\b\\b <x >xls\\b\\b <\\r >\\r\\n | ls[2 bytes without echo]\\r",
        "<hello >hello <\\x03 >^C\\r\\n$_ <ls >ls <\\r >\\r\\n | hello[1 byte without echo]ls\\r"
      })
  void recordsALineUpToTheKeyThatEditsIt(String script, String expected) {
    assertThat(play(script)).isEqualTo(unescape(expected));
  }

  @Test
  void recordsAgainAfterAPassword() {
    String script =
        "<sudo_id\\r >sudo_id\\r\\n[sudo]_password:_ <hunter2\\r >\\r\\nuid=0\\r\\n$_ <ls\\r >ls\\r\\n";
    assertThat(play(script)).isEqualTo("sudo id\r[7 bytes without echo]\rls\r");
  }

  @ParameterizedTest
  @ValueSource(ints = {InputGate.LONGEST_LINE + 1, 100_000})
  void countsALineThatIsTooLongToHold(int length) {
    String line = "x".repeat(length);
    assertThat(play("<" + line + " >" + line + " <\\r >\\r\\n"))
        .isEqualTo("[" + length + " bytes without echo]\r");
  }

  @Test
  void holdsTheLongestLine() {
    String line = "x".repeat(InputGate.LONGEST_LINE);
    assertThat(play("<" + line + "\\r >" + line + "\\r\\n")).isEqualTo(line + "\r");
  }

  /** Whatever the target prints, it is told in whole lines, and every key is told. */
  @Test
  void noPrefixOfAPasswordPassesForAPassword() {
    String password = "Sorry";
    for (String answer :
        List.of("\r\nSorry, try again.\r\n", "Sorry, try again.\r\n", "S\r\n", "Sorr\r\n")) {
      for (int cut = 0; cut <= answer.length(); cut++) {
        for (int typed = 0; typed <= password.length(); typed++) {
          List<Typed> told = new ArrayList<>();
          InputGate other = new InputGate(told::add);
          type(other, password.substring(0, typed));
          show(other, answer.substring(0, cut));
          type(other, password.substring(typed) + "\r");
          show(other, answer.substring(cut));
          other.end();
          assertThat(told)
              .as("%s after %d letters and %d shown", answer, typed, cut)
              .containsExactly(new Typed.Hidden(5), new Typed.Echoed("\r"));
        }
      }
    }
  }

  private String play(String script) {
    for (String step : script.split(" ")) {
      String text = unescape(step.substring(1));
      switch (step.charAt(0)) {
        case '<' -> type(gate, text);
        case '>' -> show(gate, text);
        default -> throw new IllegalArgumentException(step);
      }
    }
    gate.end();
    return record.toString();
  }

  private static void type(InputGate gate, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    gate.typed(bytes, 0, bytes.length);
  }

  private static void show(InputGate gate, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    gate.shown(bytes, 0, bytes.length);
  }

  private static String unescape(String text) {
    return text.replace("_", " ")
        .replace("\\r", "\r")
        .replace("\\n", "\n")
        .replace("\\t", "\t")
        .replace("\\b", "\b")
        .replace("\\e", "\u001b")
        .replace("\\x7f", "\u007f")
        .replace("\\x01", "\u0001")
        .replace("\\x03", "\u0003");
  }
}
