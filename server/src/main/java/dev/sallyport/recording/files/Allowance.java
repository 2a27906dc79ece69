package dev.sallyport.recording.files;

/** Bytes of memory that one session's observer may hold. Not for several threads at once. */
final class Allowance {
  private long left;

  Allowance(long bytes) {
    left = bytes;
  }

  /** True when the bytes are the caller's, who gives them back. */
  boolean take(long bytes) {
    if (bytes > left) {
      return false;
    }
    left -= bytes;
    return true;
  }

  /** How many could be taken now. */
  long left() {
    return left;
  }

  void give(long bytes) {
    left += bytes;
  }
}
