package dev.sallyport.support.keys;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.Set;

final class KeyLineFuzzTest {
  /**
   * Any line is blank, wrong, refused in words, or a key; and only a file for all may name users.
   */
  @FuzzTest(maxDuration = "60s")
  void anyLineIsAKeyOrRefusedInWords(byte[] data) {
    String line = new String(data, StandardCharsets.UTF_8);
    for (KeyOwner kind : KeyOwner.values()) {
      switch (KeyLineParser.withAuthorities(kind, ZoneOffset.UTC).parse(line)) {
        case KeyLine.Blank() -> assertThat(line.strip()).matches("(?s)(#.*)?");
        case KeyLine.Wrong(String what) -> assertThat(what).isNotBlank();
        case KeyLine.RefusedKey(var key, String reason) -> assertThat(reason).isNotBlank();
        case KeyLine.Authority authority ->
            assertThat(authority.principals().orElse(Set.of("x"))).isNotEmpty();
        case KeyLine.UsableKey usable ->
            assertThat(usable.users().isPresent()).isEqualTo(kind == KeyOwner.FOR_ALL);
      }
    }
  }
}
