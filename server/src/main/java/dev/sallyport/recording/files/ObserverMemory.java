package dev.sallyport.recording.files;

import dev.sallyport.memory.MemoryHold;

/**
 * The memory of one observer, taken from its user's share in steps before it is used, so that the
 * share is asked seldom. Not for several threads at once.
 */
final class ObserverMemory {
  /** What is taken from the share at once, in bytes. */
  static final long STEP = 32 * 1024;

  private final MemoryHold hold;

  /** What the hold had from the beginning, and keeps to the end. */
  private final long first;

  private long reserved;
  private long used;

  /**
   * @param hold with what the observer may use in any case
   */
  ObserverMemory(MemoryHold hold) {
    this.hold = hold;
    this.first = hold.bytes();
    this.reserved = first;
  }

  /** True when the bytes are the caller's, who gives them back. */
  boolean take(long bytes) {
    long wanted = used + bytes;
    if (wanted > reserved) {
      long more = (wanted - reserved + STEP - 1) / STEP * STEP;
      if (!hold.add(more)) {
        return false;
      }
      reserved += more;
    }
    used = wanted;
    return true;
  }

  void give(long bytes) {
    used -= bytes;
    long spare = reserved - Math.max(first, used);
    if (spare >= 2 * STEP) {
      long less = (spare - STEP) / STEP * STEP;
      hold.give(less);
      reserved -= less;
    }
  }

  /** For the user: that there is no more. */
  NotUnderstoodException refusal() {
    return new NotUnderstoodException(hold.share().refusal());
  }

  /** Gives all of it back; nothing is taken afterwards. */
  void close() {
    hold.close();
  }
}
