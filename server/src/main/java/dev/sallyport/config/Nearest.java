package dev.sallyport.config;

import dev.sallyport.model.SafeText;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what somebody meant who wrote something else. */
final class Nearest {
  private static final int SHOWN = 200;

  private Nearest() {}

  /**
   * {@code (did you mean x?)} with a space before it, or nothing when nothing is near. Escaped:
   * some of the words that are known are names from the file.
   */
  static String hint(String written, Collection<String> known) {
    return of(written, known)
        .map(near -> " (did you mean " + SafeText.escape(near, SHOWN) + "?)")
        .orElse("");
  }

  /** The word that takes the fewest changes, if they are few for its length. */
  static Optional<String> of(String written, Collection<String> known) {
    return known.stream()
        .filter(word -> distance(written, word) <= Math.max(1, word.length() / 3))
        .min(
            Comparator.<String>comparingInt(word -> distance(written, word))
                .thenComparing(Comparator.naturalOrder()));
  }

  /** Levenshtein's: characters to put in, take out or change. */
  private static int distance(String from, String to) {
    // What is much longer cannot be near, and need not cost time.
    if (from.length() > 2 * to.length() + 1) {
      return Integer.MAX_VALUE;
    }
    int[] previous = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int[] current = new int[to.length() + 1];
      current[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int change = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(change, 1 + Math.min(previous[j], current[j - 1]));
      }
      previous = current;
    }
    return previous[to.length()];
  }
}
