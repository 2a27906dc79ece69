package dev.sallyport.config;

import dev.sallyport.model.SafeText;
import dev.sallyport.spi.NearestWord;
import java.util.Collection;

/** Tells somebody what they may have meant who wrote something else. */
final class Nearest {
  private static final int SHOWN = 200;

  private Nearest() {}

  /**
   * {@code (did you mean x?)} with a space before it, or nothing when nothing is near. Escaped:
   * some of the words that are known are names from the file.
   */
  static String hint(String written, Collection<String> known) {
    return NearestWord.of(written, known)
        .map(near -> " (did you mean " + SafeText.escape(near, SHOWN) + "?)")
        .orElse("");
  }
}
