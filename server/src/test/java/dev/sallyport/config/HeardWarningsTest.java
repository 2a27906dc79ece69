package dev.sallyport.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeardWarningsTest {
  private final List<String> operator = new ArrayList<>();
  private final HeardWarnings heard =
      new HeardWarnings((where, what) -> operator.add(where + " " + what));

  @Test
  void whatIsToldWhileTheFileIsReadIsKeptEscapedAndPassedOnAsItIs() {
    heard.problem("/keys/\u001b", "is\nopen");

    assertThat(heard.end()).containsExactly("/keys/\\u001b: is\\u000aopen");
    assertThat(operator).containsExactly("/keys/\u001b is\nopen");
  }

  @Test
  void whatIsToldLaterIsPassedOnAndNotKept() {
    assertThat(heard.end()).isEmpty();
    heard.problem("later", "x");

    assertThat(heard.end()).isEmpty();
    assertThat(operator).hasSize(1);
  }

  @Test
  void tooManyAreCounted() {
    for (int i = 0; i < HeardWarnings.MOST + 7; i++) {
      heard.problem("w", "x");
    }

    assertThat(heard.end()).hasSize(HeardWarnings.MOST + 1).endsWith("and 7 more");
    assertThat(operator).hasSize(HeardWarnings.MOST + 7);
  }
}
