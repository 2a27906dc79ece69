package dev.sallyport.memory;

/**
 * One user's share of a {@link MemoryAccount}. Two shares of the same user and account are the
 * same. Safe for all threads; never waits.
 *
 * @param user whose it is
 */
public record MemoryShare(MemoryAccount account, String user) {
  private static final long MIB = 1024 * 1024;

  /**
   * Reserves memory, before anything is kept in it.
   *
   * @param bytes how much
   * @return true when it is the caller's, who gives it back with {@link #release}
   */
  public boolean reserve(long bytes) {
    return account.reserve(user, bytes);
  }

  /**
   * As {@link #reserve}, for what makes something faster and can be left out: only from half of the
   * user's share, and while half of all memory is free. A refusal is not reported.
   */
  public boolean reserveExtra(long bytes) {
    return account.reserveExtra(user, bytes);
  }

  /** Gives back what was reserved. */
  public void release(long bytes) {
    account.release(user, bytes);
  }

  /** A set of reservations that ends at once, with nothing in it. */
  public MemoryHold hold() {
    return new MemoryHold(this);
  }

  /** Bytes that the user holds. */
  public long held() {
    return account.held(user);
  }

  /** Why nothing more was reserved; one sentence for the user, without an end mark. */
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
