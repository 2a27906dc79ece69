package dev.sallyport.terminal;

/**
 * Accounts for every visible character that was printed: it is written out, once, or it was printed
 * again where it already stood. Spaces do not count. For one thread.
 */
public final class Ledger {
  private long printed;
  private long written;
  private long again;

  void print() {
    printed++;
  }

  void write(int characters) {
    written += characters;
  }

  void repeat(int characters) {
    again += characters;
  }

  /** Characters that were printed. */
  public long printed() {
    return printed;
  }

  /** Characters of them that were written out, in a line or under a mark. */
  public long written() {
    return written;
  }

  /** Characters of them that were drawn again where they stood, or moved by a column. */
  public long again() {
    return again;
  }
}
