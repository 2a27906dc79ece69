package dev.sallyport.memory;

/**
 * One user's share of a {@link MemoryAccount}. Two shares of the same user and account are the
 * same. Safe for all threads; never waits.
 *
 * @param user the user's name
 */
public record MemoryShare(MemoryAccount account, String user) {
  private static final long MIB = 1024 * 1024;

  /**
   * Reserves memory, before it is used.
   *
   * @param bytes how much
   * @return true if it was reserved; then the caller gives it back with {@link #release}
   */
  public boolean reserve(long bytes) {
    return account.reserve(user, bytes);
  }

  /**
   * As {@link #reserve}, for optional memory that makes something faster: only from half of the
   * user's share, and only while half of all memory is free. A refusal is not reported.
   */
  public boolean reserveExtra(long bytes) {
    return account.reserveExtra(user, bytes);
  }

  /** Gives back what was reserved. */
  public void release(long bytes) {
    account.release(user, bytes);
  }

  /** A new, empty set of reservations that are released together. */
  public MemoryHold hold() {
    return new MemoryHold(this);
  }

  /** Bytes that the user holds. */
  public long held() {
    return account.held(user);
  }

  /** Why nothing more was reserved: a sentence for the user, without a full stop. */
  public String refusal() {
    if (account.total() - account.used() < account.minimum()) {
      return "the bastion's memory for all its users is used up: try again later";
    }
    return "what you have open holds %d MiB of the bastion's memory, and your share is %d MiB at the moment: close some of it, or try again later"
        .formatted(mebibytes(held()), mebibytes(account.shareOf(user)));
  }

  private static long mebibytes(long bytes) {
    return (bytes + MIB - 1) / MIB;
  }
}
