package dev.sallyport.recording.files;

/**
 * Bytes that one session's observer may hold for one purpose, as far as its user's share has them.
 * Not for several threads at once.
 */
final class Allowance {
  private final ObserverMemory memory;
  private long left;

  Allowance(long bytes, ObserverMemory memory) {
    this.left = bytes;
    this.memory = memory;
  }

  /** How an attempt to take some ended. */
  enum Taken {
    /** The bytes are the caller's, who gives them back. */
    YES,
    /** More than is allowed for this purpose. */
    TOO_MUCH,
    /** The user's share has no more. */
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
   * Takes what the observer cannot do without.
   *
   * @param purpose what it is for, behind {@code more than 5 bytes of}
   * @throws NotUnderstoodException when it is too much, or there is no memory
   */
  void demand(long bytes, String purpose, long most) throws NotUnderstoodException {
    switch (take(bytes)) {
      case YES -> {}
      case TOO_MUCH ->
          throw new NotUnderstoodException("more than " + most + " bytes of " + purpose);
      case NO_MEMORY -> throw memory.refusal();
    }
  }

  /** How many could be taken now, had the user's share enough. */
  long left() {
    return left;
  }

  void give(long bytes) {
    left += bytes;
    memory.give(bytes);
  }
}
