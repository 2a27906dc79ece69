package dev.sallyport.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class SafeTextTest {
  @Test
  void theMessageOfAFailureIsEscapedAndCut() {
    assertThat(SafeText.messageOf(new IOException("no\nway"), 200)).isEqualTo("no\\u000away");
    assertThat(SafeText.messageOf(new IOException("12345"), 3)).isEqualTo("123... (5 characters)");
  }

  @Test
  void aFailureWithoutAMessageIsNamedByItsClass() {
    assertThat(SafeText.messageOf(new EOFException(), 200)).isEqualTo("EOFException");
  }
}
