package dev.sallyport.recording.files;

import dev.sallyport.memory.MemoryHold;

/**
 * The memory of one observer, reserved in its user's share before it is used, in steps, so that the
 * share is seldom accessed. Not for several threads at once.
 */
final class ObserverMemory {
  /** The step in bytes. */
  static final long STEP = 32 * 1024;

  private final MemoryHold hold;

  /** The initial reservation, which is kept to the end. */
  private final long first;

  private long reserved;
  private long used;

  /**
   * @param hold with the memory that the observer has in any case
   */
  ObserverMemory(MemoryHold hold) {
    this.hold = hold;
    this.first = hold.bytes();
    this.reserved = first;
  }

  /** Takes memory; if true, the caller gives it back. */
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

  /** Says that the user's share is used up. */
  NotUnderstoodException refusal() {
    return new NotUnderstoodException(hold.share().refusal());
  }

  /** Releases all. Nothing is taken afterwards. */
  void close() {
    hold.close();
  }
}
