package dev.sallyport.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Fuzz;
import dev.sallyport.terminal.Screen;
import dev.sallyport.terminal.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Whatever a program does to a terminal, the text export has what was printed. */
class TextExportPropertyTest {
  /** Control functions with {@code #} for a number; {@code ^} is ESC. */
  private static final List<String> FUNCTIONS =
      List.of(
          "\r",
          "\n",
          "\r\n",
          "\r\n",
          "\b",
          "\b",
          "\t",
          "\f",
          "\u0007",
          "^7",
          "^8",
          "^D",
          "^E",
          "^H",
          "^M",
          "^c",
          "^#8",
          "^[#@",
          "^[#A",
          "^[#B",
          "^[#C",
          "^[#D",
          "^[#E",
          "^[#F",
          "^[#G",
          "^[#;#H",
          "^[#;#f",
          "^[H",
          "^[#I",
          "^[#Z",
          "^[J",
          "^[1J",
          "^[2J",
          "^[3J",
          "^[K",
          "^[1K",
          "^[2K",
          "^[#L",
          "^[#M",
          "^[#P",
          "^[#S",
          "^[#T",
          "^[#X",
          "^[#`",
          "^[#d",
          "^[#b",
          "^[#a",
          "^[#e",
          "^[#;#r",
          "^[r",
          "^[s",
          "^[u",
          "^[4h",
          "^[4l",
          "^[20h",
          "^[20l",
          "^[?6h",
          "^[?6l",
          "^[?7h",
          "^[?7l",
          "^[?47h",
          "^[?47l",
          "^[?1047h",
          "^[?1047l",
          "^[?1048h",
          "^[?1048l",
          "^[?1049h",
          "^[?1049l",
          "^[?2026h",
          "^[?2026l",
          "^[?J",
          "^[?K",
          "^[!p",
          "^[0g",
          "^[3g",
          "^[31m",
          "^[8m",
          "^[6n",
          "^(0",
          "^=",
          "\u000e",
          "^[#\u0018",
          "^[#^[m",
          "^[99999999999999999999C",
          "^[99999;99999H",
          "^[99999L",
          "^[99999S",
          "^[99999P");

  private static final List<String> STRINGS =
      List.of("^]0;%s\u0007", "^]52;%s^\\", "^P%s^\\", "^_%s^\\", "^^%s^\\", "^X%s^\\", "^k%s^\\");
  private static final Pattern NUMBER = Pattern.compile("#(?!8)");
  private static final Pattern COUNTED = Pattern.compile("left out: .*");
  private static final Pattern HIDDEN =
      Pattern.compile("([0-9,]+) characters? of |marks? like the one before, ([0-9,]+) character");

  /** A recording as it is made up, and what is known of it. */
  private static final class Session {
    final StringBuilder text = new StringBuilder();
    final TextLines lines = new TextLines(text);
    final Screen screen;
    final Tokenizer tokenizer;

    Session(int columns, int rows) {
      screen = new Screen(columns, rows, lines);
      tokenizer = Tokenizer.ofText(screen);
    }

    String end() {
      tokenizer.end();
      screen.end();
      lines.end(screen.ledger());
      return text.toString();
    }
  }

  private static int size(Fuzz fuzz) {
    return fuzz.below(10) == 0 ? 1 + fuzz.below(3) : 1 + fuzz.below(40);
  }

  private static String function(Fuzz fuzz) {
    Matcher numbers = NUMBER.matcher(fuzz.pick(FUNCTIONS));
    return escaped(numbers.replaceAll(number -> Integer.toString(fuzz.below(12))));
  }

  private static String escaped(String function) {
    return function.replace("^^", "\u001b\uffff").replace('^', '\u001b').replace('\uffff', '^');
  }

  /** No two of these are the same, and none is in a mark's own words. */
  private static int distinct(int number) {
    return number % 5 == 0 ? 0xac00 + number : 0x12000 + number;
  }

  @Test
  void everyCharacterThatWasPrintedIsInTheTextOrUnderACountedMark() {
    Fuzz.run(
        20_000,
        (fuzz, round) -> {
          Session session = new Session(size(fuzz), size(fuzz));
          List<Integer> printed = new ArrayList<>();
          int inStrings = 0;
          for (int i = fuzz.below(120); i > 0; i--) {
            switch (fuzz.below(8)) {
              case 0, 1, 2 -> {
                for (int j = fuzz.below(fuzz.below(4) == 0 ? 60 : 6); j > 0; j--) {
                  printed.add(distinct(printed.size()));
                  session.tokenizer.accept(printed.getLast());
                }
              }
              case 3 -> session.tokenizer.accept(" ".repeat(fuzz.below(10)));
              case 4 -> {
                if (fuzz.below(10) == 0) {
                  session.screen.resize(size(fuzz), size(fuzz));
                } else if (fuzz.below(3) == 0) {
                  StringBuilder content = new StringBuilder();
                  String form = fuzz.pick(STRINGS);
                  int most = form.startsWith("^k") ? 150 : 300;
                  for (int j = fuzz.below(fuzz.below(5) == 0 ? most : 8); j > 0; j--) {
                    content.appendCodePoint(0x13000 + fuzz.below(1000));
                    inStrings++;
                  }
                  session.tokenizer.accept(escaped(form).formatted(content));
                }
              }
              default -> session.tokenizer.accept(function(fuzz));
            }
          }
          String text = session.end();
          for (int character : printed) {
            assertThat(text).contains(Character.toString(character));
          }
          assertThat(session.screen.ledger().printed()).isGreaterThanOrEqualTo(printed.size());
          assertThat(text).doesNotContain("fault");
          long shown = text.codePoints().filter(c -> c >= 0x13000 && c < 0x13400).count();
          assertThat(shown + counted(text)).as(text).isEqualTo(inStrings);
        });
  }

  /** What the last line says was left out of strings. */
  private static long counted(String text) {
    long all = 0;
    Matcher left = COUNTED.matcher(text);
    while (left.find()) {
      Matcher hidden = HIDDEN.matcher(left.group());
      while (hidden.find()) {
        String count = hidden.group(1) == null ? hidden.group(2) : hidden.group(1);
        all += Long.parseLong(count.replace(",", ""));
      }
    }
    return all;
  }

  @Test
  void theAccountIsExactAlsoWhereTheSameCharactersComeAgain() {
    int[] alphabet = {0x3b1, 0x3b2, 0x3b3, 0x4e2d, ' ', 0x301};
    Fuzz.run(
        20_000,
        (fuzz, round) -> {
          Session session = new Session(size(fuzz), size(fuzz));
          int[] printed = new int[2];
          for (int i = fuzz.below(150); i > 0; i--) {
            if (fuzz.below(3) > 0) {
              int c = alphabet[fuzz.below(alphabet.length)];
              session.tokenizer.accept(c);
              printed[0] += c == ' ' ? 0 : 1;
            } else if (fuzz.below(20) == 0) {
              session.screen.resize(size(fuzz), size(fuzz));
            } else {
              String function = function(fuzz);
              session.tokenizer.accept(function);
              printed[1] += function.endsWith("b") ? 1 : 0;
            }
          }
          String text = session.end();
          var ledger = session.screen.ledger();
          assertThat(ledger.printed()).isEqualTo(ledger.written() + ledger.again());
          assertThat(text).doesNotContain("fault");
          if (printed[1] == 0) {
            assertThat(ledger.printed()).isEqualTo(printed[0]);
          }
          long shown = text.codePoints().filter(c -> c > 0x7f).count();
          assertThat(shown).isGreaterThanOrEqualTo(ledger.written() - folded(text));
        });
  }

  private static long folded(String text) {
    Matcher again =
        Pattern.compile("lines? like the one before, ([0-9,]+) character").matcher(text);
    long all = 0;
    while (again.find()) {
      all += Long.parseLong(again.group(1).replace(",", ""));
    }
    return all;
  }
}
