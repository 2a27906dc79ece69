package dev.sallyport.recording;

/**
 * What files take of a disk: file systems give it away in blocks. Who begins many sessions in which
 * nothing happens takes a few blocks with each.
 */
final class Blocks {
  /** Of ext4 and XFS, by default. */
  static final long BYTES = 4096;

  /** What a folder takes in which there are a handful of files. */
  static final long FOLDER = BYTES;

  private Blocks() {}

  /** Bytes that a file of that size takes. */
  static long of(long size) {
    return (size + BYTES - 1) / BYTES * BYTES;
  }
}
