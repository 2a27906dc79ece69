package dev.sallyport.recording;

import java.util.HashMap;
import java.util.Map;

/**
 * Decides which users' recordings are removed when all together take too much space. Those of the
 * largest users are removed until these users have equal space, except for the size of one
 * recording. Recordings that must be kept do not count. So a user with much output loses only
 * recordings of that user. For one thread.
 */
final class Shares {
  /** The recordings of one user. */
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

  /** Bytes of recordings that must be kept. */
  long lasting() {
    return total - removable;
  }

  /**
   * Decides how much of each user is removed.
   *
   * @param bytes that all recordings may take together
   */
  void limit(long bytes) {
    most = bytes;
    long level = level(total - bytes);
    users.values().forEach(share -> share.excess = excess(share, level));
  }

  /** The most that a user may keep, so that removing the excess frees enough. */
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

  /** Whether all recordings together still take too much. */
  boolean isTooMuch() {
    return total > most;
  }

  /** Lets one more recording be removed of each user who exceeds the limit by a part of one. */
  void round() {
    users.values().forEach(share -> share.isDone = false);
    isRounding = true;
  }

  /**
   * Whether a recording of a user is removed. Called for a user's recordings from the oldest on.
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

  /** Counts a removed recording. */
  void removed(String user, long bytes) {
    total -= bytes;
    Share share = users.get(user);
    if (share != null) {
      share.excess -= bytes;
    }
  }
}
