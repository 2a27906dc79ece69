package dev.sallyport.plugins.ec2;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** What the metadata service says of a path. */
sealed interface Reply {
  /**
   * It is there.
   *
   * @param text each byte as the character of its number (ISO 8859-1), so none is lost
   */
  record Found(String text) implements Reply {
    static Found of(byte[] body) {
      return new Found(new String(body, StandardCharsets.ISO_8859_1));
    }

    byte[] bytes() {
      return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The lines that are not blank. */
    List<String> lines() {
      return text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }
  }

  /** It is not there (404). */
  record Missing() implements Reply {}
}
