package dev.sallyport.recording.files;

/**
 * Memory that one session's observer may use for one purpose, within its user's share. Not for
 * several threads at once.
 */
final class Allowance {
  private final ObserverMemory memory;
  private long left;

  Allowance(long bytes, ObserverMemory memory) {
    this.left = bytes;
    this.memory = memory;
  }

  /** The result of taking some. */
  enum Taken {
    /** The bytes were taken, and the caller gives them back. */
    YES,
    /** More than the limit for this purpose. */
    TOO_MUCH,
    /** The user's share is used up. */
    NO_MEMORY
  }

  Taken take(long bytes) {
    if (bytes > left) {
      return Taken.TOO_MUCH;
    }
    if (!memory.take(bytes)) {
      return Taken.NO_MEMORY;
    }
    left -= bytes;
    return Taken.YES;
  }

  /**
   * Takes mandatory memory.
   *
   * @param purpose completes {@code more than 5 bytes of}
   * @throws NotUnderstoodException when it is too much, or the user's share is used up
   */
  void demand(long bytes, String purpose, long most) throws NotUnderstoodException {
    switch (take(bytes)) {
      case YES -> {}
      case TOO_MUCH ->
          throw new NotUnderstoodException("more than " + most + " bytes of " + purpose);
      case NO_MEMORY -> throw memory.refusal();
    }
  }

  /** The number of bytes left below the limit. */
  long left() {
    return left;
  }

  void give(long bytes) {
    left += bytes;
    memory.give(bytes);
  }
}
