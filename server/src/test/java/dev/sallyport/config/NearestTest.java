package dev.sallyport.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
  private static final List<String> KNOWN =
      List.of("listen", "limits", "state-dir", "rules", "auth", "private-networks");

  @ParameterizedTest
  @CsvSource({
    "lisen, listen",
    "listens, listen",
    "lsiten, listen",
    "limit, limits",
    "statedir, state-dir",
    "state_dir, state-dir",
    "private-network, private-networks",
    "auht2, ''",
    "xyz, ''",
    "'', ''",
  })
  void findsWhatWasMeant(String written, String meant) {
    assertThat(Nearest.of(written, KNOWN).orElse("")).isEqualTo(meant);
  }

  @Test
  void isQuickForAHugeWord() {
    assertThat(Nearest.of("l".repeat(1_000_000), KNOWN)).isEmpty();
  }

  /** Names of groups and credentials are the file's own words. */
  @Test
  void escapesWhatItHints() {
    assertThat(Nearest.hint("web", List.of("web\u001b"))).matches("[ -~]+");
  }
}
