package dev.sallyport.recording;

/**
 * The disk space of files. File systems allocate it in blocks, so even a session in which nothing
 * happens takes a few blocks.
 */
final class Blocks {
  /** Size of a block in bytes: the default of ext4 and XFS. */
  static final long BYTES = 4096;

  /** Disk space of a folder with a few files, in bytes. */
  static final long FOLDER = BYTES;

  private Blocks() {}

  /** Disk space in bytes of a file of that size. */
  static long of(long size) {
    return (size + BYTES - 1) / BYTES * BYTES;
  }
}
