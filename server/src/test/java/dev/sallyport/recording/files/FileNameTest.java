package dev.sallyport.recording.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Fuzz;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FileNameTest {
  @ParameterizedTest
  @CsvSource({
    "61, a",
    "c3a9, \u00e9",
    "f09f9880, \uD83D\uDE00",
    "ff, \\xff",
    "63e96f, c\\xe9o",
    "c3, \\xc3",
    "eda080, \\xed\\xa0\\x80",
    "c080, \\xc0\\x80",
    "5c, \\\\",
    "5c786666, \\\\xff",
    "efbfbd, \uFFFD"
  })
  void isUtf8AndSaysWhichBytesAreNone(String hex, String text) {
    assertThat(FileName.text(HexFormat.of().parseHex(hex))).isEqualTo(text);
  }

  private static byte[] parse(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (c == '\\' && text.charAt(i + 1) == '\\') {
        bytes.write('\\');
        i += 2;
      } else if (c == '\\') {
        bytes.write(Integer.parseInt(text.substring(i + 2, i + 4), 16));
        i += 4;
      } else {
        bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
        i += Character.charCount(c);
      }
    }
    return bytes.toByteArray();
  }

  @Test
  void noTwoNamesReadTheSame() {
    Fuzz.run(
        20_000,
        (fuzz, round) -> {
          ByteArrayOutputStream name = new ByteArrayOutputStream();
          int count = fuzz.below(8);
          for (int i = 0; i < count; i++) {
            name.write(
                fuzz.pick(
                    List.of(
                        0x5c, 0x78, 0x66, 0xff, 0xc3, 0xa9, 0xed, 0xa0, 0x80, 0xf0, 0x9f, 0x61)));
          }
          byte[] bytes = name.toByteArray();
          String text = FileName.text(bytes);
          assertThat(Arrays.equals(parse(text), bytes)).as(text).isTrue();
        });
  }
}
