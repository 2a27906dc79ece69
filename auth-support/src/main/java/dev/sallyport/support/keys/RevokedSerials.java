package dev.sallyport.support.keys;

import java.util.Comparator;
import java.util.List;

/**
 * Many {@link SerialSet}s, to be asked quickly: those that begin no later than a serial, from the
 * last to the first, until none before can reach it. ssh-keygen's do not overlap, so that one is
 * looked at. Immutable, for all threads.
 */
final class RevokedSerials {
  private final List<SerialSet> byFirst;

  /** For each, the highest serial of it and of all before it. */
  private final long[] reach;

  RevokedSerials(List<SerialSet> sets) {
    byFirst =
        sets.stream()
            .sorted(Comparator.comparing(SerialSet::first, Long::compareUnsigned))
            .toList();
    reach = new long[byFirst.size()];
    long highest = 0;
    for (int i = 0; i < reach.length; i++) {
      long last = byFirst.get(i).last();
      highest = Long.compareUnsigned(last, highest) > 0 ? last : highest;
      reach[i] = highest;
    }
  }

  boolean has(long serial) {
    for (int i = lastThatBeginsBy(serial); i >= 0; i--) {
      if (Long.compareUnsigned(reach[i], serial) < 0) {
        return false;
      }
      SerialSet set = byFirst.get(i);
      if (Long.compareUnsigned(set.last(), serial) >= 0 && set.has(serial)) {
        return true;
      }
    }
    return false;
  }

  private int lastThatBeginsBy(long serial) {
    int low = 0;
    int high = byFirst.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(byFirst.get(middle).first(), serial) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }
}
