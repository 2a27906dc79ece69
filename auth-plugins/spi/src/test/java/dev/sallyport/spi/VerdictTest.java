package dev.sallyport.spi;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;

class VerdictTest {
  @Test
  void acceptsNobodyWithoutAName() {
    assertThatThrownBy(() -> new Verdict.Accepted("", Set.of(), "", Restrictions.NONE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesNothingWithoutAReason() {
    assertThatThrownBy(() -> new Verdict.Refused(" ")).isInstanceOf(IllegalArgumentException.class);
  }
}
