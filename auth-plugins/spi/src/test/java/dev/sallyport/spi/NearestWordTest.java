package dev.sallyport.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestWordTest {
  private static final List<String> KNOWN =
      List.of("listen", "limits", "state-dir", "rules", "auth", "private-networks", "name", "to");

  @ParameterizedTest
  @CsvSource({
    "lisen, listen",
    "listens, listen",
    "lsiten, listen",
    "limit, limits",
    "statedir, state-dir",
    "state_dir, state-dir",
    "private-network, private-networks",
    "nmae, name",
    "naem, name",
    "anme, name",
    "ot, to",
    "auht, auth",
    "auht2, ''",
    "mean, ''",
    "xyz, ''",
    "'', ''",
  })
  void findsWhatWasMeant(String written, String meant) {
    assertThat(NearestWord.of(written, KNOWN).orElse("")).isEqualTo(meant);
  }

  @Test
  void isQuickForAHugeWord() {
    assertThat(NearestWord.of("l".repeat(1_000_000), KNOWN)).isEmpty();
  }
}
