package dev.sallyport.recording.traffic;

/**
 * Bytes and reads of one direction over time, in buckets whose width doubles when there are too
 * many. So memory is bounded, whether a forward lasts a second or a year. Not for several threads
 * at once.
 */
final class Series {
  /** Most buckets, of 16 bytes each. */
  static final int MOST = 64;

  /** The first width of a bucket: a second, in nanoseconds. */
  static final long FIRST_WIDTH = 1_000_000_000;

  private final long[] bytes = new long[MOST];
  private final long[] reads = new long[MOST];
  private long width = FIRST_WIDTH;
  private int used;

  /**
   * @param age nanoseconds since the forward opened; negative values count as 0
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

  /** A copy, with buckets of at least that width. */
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
