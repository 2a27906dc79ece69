package dev.sallyport.memory;

/** Shares for tests of what is reserved in them. */
public final class TestShares {
  private TestShares() {}

  /** The share of a user beside whom there is nobody, and who may hold exactly so many bytes. */
  public static MemoryShare of(long bytes) {
    long total = bytes * 32 / 7;
    while (alone(total).account().shareOf("alone") < bytes) {
      total++;
    }
    return alone(total);
  }

  private static MemoryShare alone(long total) {
    return new MemoryAccount(total, _ -> {}).share("alone");
  }
}
