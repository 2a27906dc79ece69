package dev.sallyport.spi;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what somebody meant who wrote something else. */
public final class NearestWord {
  private NearestWord() {}

  /** The word that takes the fewest slips, if they are few for its length. */
  public static Optional<String> of(String written, Collection<String> known) {
    return known.stream()
        .filter(word -> slips(written, word) <= Math.max(1, word.length() / 3))
        .min(
            Comparator.<String>comparingInt(word -> slips(written, word))
                .thenComparing(Comparator.naturalOrder()));
  }

  /**
   * Characters to put in, take out or change, and neighbours to swap, each place once: the optimal
   * string alignment, because {@code nmae} is one slip of the fingers and not two.
   */
  private static int slips(String from, String to) {
    // What is much longer cannot be near, and need not cost time.
    if (from.length() > 2 * to.length() + 1) {
      return Integer.MAX_VALUE;
    }
    int[][] slips = new int[from.length() + 1][to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      slips[0][j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      slips[i][0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int change = slips[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        slips[i][j] = Math.min(change, 1 + Math.min(slips[i - 1][j], slips[i][j - 1]));
        if (i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1)) {
          slips[i][j] = Math.min(slips[i][j], 1 + slips[i - 2][j - 2]);
        }
      }
    }
    return slips[from.length()][to.length()];
  }
}
