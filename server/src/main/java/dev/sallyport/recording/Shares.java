package dev.sallyport.recording;

import java.util.HashMap;
import java.util.Map;

/**
 * What of each user's recordings must go when all together take too much. The largest users give
 * until none of them has more than the others, give or take one recording; nobody gives what may
 * not be removed. So a user who prints much loses recordings of their own, and not those of others.
 * For one thread.
 */
final class Shares {
  /** What one user has. */
  private static final class Share {
    private long bytes;
    private long removable;
    private long excess;
    private boolean isDone;
  }

  private final Map<String, Share> users = new HashMap<>();
  private long total;
  private long removable;
  private long most = Long.MAX_VALUE;
  private boolean isRounding;

  /**
   * Counts a recording.
   *
   * @param isRemovable whether it may be removed
   */
  void add(String user, long bytes, boolean isRemovable) {
    Share share = users.computeIfAbsent(user, name -> new Share());
    share.bytes += bytes;
    total += bytes;
    if (isRemovable) {
      share.removable += bytes;
      removable += bytes;
    }
  }

  /** Bytes that may not be removed. */
  long lasting() {
    return total - removable;
  }

  /**
   * Decides what each user has to give.
   *
   * @param bytes that all may take together
   */
  void limit(long bytes) {
    most = bytes;
    long level = level(total - bytes);
    users.values().forEach(share -> share.excess = excess(share, level));
  }

  /** The most that a user may have, so that what is above it is enough. */
  private long level(long wanted) {
    long low = 0;
    long high = users.values().stream().mapToLong(share -> share.bytes).max().orElse(0);
    while (low < high) {
      long middle = low + (high - low + 1) / 2;
      if (users.values().stream().mapToLong(share -> excess(share, middle)).sum() >= wanted) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  private static long excess(Share share, long level) {
    return Math.min(share.removable, Math.max(0, share.bytes - level));
  }

  /** Whether all take too much still. */
  boolean isTooMuch() {
    return total > most;
  }

  /** From now on users give one recording more, of which they had to give a part. */
  void round() {
    users.values().forEach(share -> share.isDone = false);
    isRounding = true;
  }

  /**
   * Whether a user has to give a recording. It is asked about a user's recordings from the oldest
   * on.
   */
  boolean mustGo(String user, long bytes) {
    Share share = users.get(user);
    if (share == null || share.isDone || share.excess <= 0 || !isTooMuch()) {
      return false;
    }
    if (bytes > share.excess) {
      share.isDone = true;
      return isRounding;
    }
    return true;
  }

  /** Counts what a user gave. */
  void removed(String user, long bytes) {
    total -= bytes;
    Share share = users.get(user);
    if (share != null) {
      share.excess -= bytes;
    }
  }
}
