package dev.sallyport.config;

import dev.sallyport.model.SafeText;
import dev.sallyport.spi.NearestWord;
import java.util.Collection;

/** Suggests the known word that an unknown one may have meant. */
final class Nearest {
  private static final int SHOWN = 200;

  private Nearest() {}

  /**
   * {@code (did you mean x?)} with a space before it, or an empty text when no word is near.
   * Escaped, because some of the known words are names from the file.
   */
  static String hint(String written, Collection<String> known) {
    return NearestWord.of(written, known)
        .map(near -> " (did you mean " + SafeText.escape(near, SHOWN) + "?)")
        .orElse("");
  }
}
