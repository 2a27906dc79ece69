package dev.sallyport.recording.traffic;

/**
 * Bytes and reads of one direction over time, in buckets that double in width whenever they would
 * become too many: always a few numbers, whether a forward lasts a second or a year. Not for
 * several threads at once.
 */
final class Series {
  /**
   * Of 16 bytes each, and a few words in the record: a forward that stays for weeks costs the same.
   */
  static final int MOST = 64;

  /** A second, in nanoseconds. */
  static final long FIRST_WIDTH = 1_000_000_000;

  private final long[] bytes = new long[MOST];
  private final long[] reads = new long[MOST];
  private long width = FIRST_WIDTH;
  private int used;

  /**
   * @param age nanoseconds since the forward opened; less than 0 counts as 0
   */
  void add(long age, int count) {
    int bucket = bucket(Math.max(0, age));
    bytes[bucket] += count;
    reads[bucket]++;
    used = Math.max(used, bucket + 1);
  }

  private int bucket(long age) {
    while (age / width >= MOST) {
      widen();
    }
    return (int) (age / width);
  }

  private void widen() {
    for (int i = 0; i < MOST; i++) {
      long someBytes = bytes[i];
      long someReads = reads[i];
      bytes[i] = 0;
      reads[i] = 0;
      bytes[i / 2] += someBytes;
      reads[i / 2] += someReads;
    }
    used = (used + 1) / 2;
    width *= 2;
  }

  /** A copy, its buckets at least so wide. */
  Series copy(long atLeast) {
    Series copy = new Series();
    System.arraycopy(bytes, 0, copy.bytes, 0, MOST);
    System.arraycopy(reads, 0, copy.reads, 0, MOST);
    copy.width = width;
    copy.used = used;
    while (copy.width < atLeast) {
      copy.widen();
    }
    return copy;
  }

  long width() {
    return width;
  }

  int used() {
    return used;
  }

  long bytes(int bucket) {
    return bytes[bucket];
  }

  long reads(int bucket) {
    return reads[bucket];
  }
}
