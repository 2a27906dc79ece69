package dev.sallyport.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Fuzz;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CastTextTest {
  private static final List<String> PIECES =
      List.of(
          "41",
          "0a",
          "1b",
          "22",
          "5c",
          "7f",
          "c3bc",
          "e282ac",
          "f09f9880",
          "c280",
          "eebdbf",
          "eebe80",
          "eebfbf",
          "ef8080",
          "eda080",
          "c080",
          "f4908080",
          "ff",
          "80",
          "c3",
          "e282",
          "f09f98",
          "efbfbd",
          "e280ae");

  private static String decode(byte[] bytes, int... cuts) throws IOException {
    StringBuilder text = new StringBuilder();
    CastText decoder = new CastText();
    int from = 0;
    for (int cut : cuts) {
      decoder.decode(bytes, from, cut - from, text::appendCodePoint);
      from = cut;
    }
    decoder.decode(bytes, from, bytes.length - from, text::appendCodePoint);
    decoder.end(text::appendCodePoint);
    return text.toString();
  }

  @ParameterizedTest
  @CsvSource({
    "41c3bc, A\u00fc",
    "f09f9880, \ud83d\ude00",
    "41ff42, A\uefffB",
    "c3, \uefc3", // only begins a character
    "c341, \uefc3A",
    "c3c3bc, \uefc3\u00fc",
    "e28241, \uefe2\uef82A",
    "c080, \uefc0\uef80", // too long a form of U+0000
    "eda080, \uefed\uefa0\uef80", // half of a surrogate pair
    "f4908080, \ueff4\uef90\uef80\uef80", // beyond Unicode
    "eebe80, \uefee\uefbe\uef80", // U+EF80 itself
    "eebdbf, \uef7f",
    "ef8080, \uf000",
  })
  void bytesThatAreNotUtf8BecomePrivateUseCharacters(String hex, String text) throws IOException {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThat(decode(bytes)).isEqualTo(text);
    assertThat(CastText.bytes(text)).isEqualTo(bytes);
  }

  @Test
  void whateverGoesInComesOutHoweverItIsSplit() {
    Fuzz.run(
        50_000,
        (fuzz, round) -> {
          StringBuilder hex = new StringBuilder();
          for (int i = fuzz.below(12); i > 0; i--) {
            hex.append(
                fuzz.below(4) == 0
                    ? HexFormat.of().toHexDigits((byte) fuzz.below(256))
                    : fuzz.pick(PIECES));
          }
          byte[] bytes = HexFormat.of().parseHex(hex);
          int one = fuzz.below(bytes.length + 1);
          int two = one + fuzz.below(bytes.length - one + 1);
          String text = decode(bytes, one, two);
          assertThat(CastText.bytes(text)).as(hex.toString()).isEqualTo(bytes);
          assertThat(text).as(hex.toString()).isEqualTo(decode(bytes));
          assertThat(text.codePoints().noneMatch(c -> c >= 0xd800 && c <= 0xdfff)).isTrue();
        });
  }
}
