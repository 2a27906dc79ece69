package dev.sallyport.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Fuzz;
import dev.sallyport.recording.CastText;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The raw text of a terminal's output. */
class RawTextTest {
  private static final Pattern ESCAPE =
      Pattern.compile("\\\\(?:(\\\\)|x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))");

  private static String raw(String output) {
    StringBuilder text = new StringBuilder();
    RawText raw = new RawText(text);
    output.codePoints().forEach(raw::accept);
    raw.end();
    return text.toString();
  }

  @Test
  void showsEveryControlCharacterAndEndsALineAtALineFeed() {
    assertThat(raw("\u001b[31ma\tb\r\nc\\u001b"))
        .isEqualTo("\\u001b[31ma\\u0009b\\u000d\nc\\\\u001b\n");
    assertThat(raw("\u202e\uefff\u009b\udb40\udc41\n"))
        .isEqualTo("\\u202e\\xff\\u009b\\U000e0041\n");
  }

  @Test
  void everyByteComesBackFromIt() throws Exception {
    Fuzz.run(
        5_000,
        (fuzz, round) -> {
          byte[] bytes = new byte[fuzz.below(100)];
          for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) fuzz.below(fuzz.below(2) == 0 ? 256 : 128);
          }
          StringBuilder text = new StringBuilder();
          RawText raw = new RawText(text);
          CastText decoder = new CastText();
          decoder.decode(bytes, 0, bytes.length, raw::accept);
          decoder.end(raw::accept);
          assertThat(CastText.bytes(restored(text.toString()))).isEqualTo(bytes);
          raw.end();
          assertThat(text.codePoints()).noneMatch(c -> Character.isISOControl(c) && c != '\n');
        });
  }

  private static String restored(String text) {
    return ESCAPE
        .matcher(text)
        .replaceAll(escape -> Matcher.quoteReplacement(Character.toString(codePoint(escape))));
  }

  private static int codePoint(java.util.regex.MatchResult escape) {
    return Arrays.asList(escape.group(1), escape.group(2), escape.group(3), escape.group(4))
        .stream()
        .filter(part -> part != null)
        .findFirst()
        .map(part ->
            switch (part.length()) {
              case 1 -> (int) '\\';
              case 2 -> 0xef00 | Integer.parseInt(part, 16);
              default -> Integer.parseInt(part, 16);
            })
        .orElseThrow();
  }
}
