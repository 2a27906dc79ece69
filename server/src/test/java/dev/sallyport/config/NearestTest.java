package dev.sallyport.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
  @Test
  void asksWhetherTheNearWordWasMeant() {
    assertThat(Nearest.hint("nmae", List.of("name", "users"))).isEqualTo(" (did you mean name?)");
    assertThat(Nearest.hint("xyz", List.of("name", "users"))).isEmpty();
  }

  /** Names of groups and credentials are the file's own words. */
  @Test
  void escapesWhatItHints() {
    assertThat(Nearest.hint("web", List.of("web\u001b"))).matches("[ -~]+");
  }
}
