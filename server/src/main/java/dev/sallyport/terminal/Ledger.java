package dev.sallyport.terminal;

/**
 * Accounts for every visible character that was printed: it is written out once, or was printed
 * again at the same place. Spaces do not count. For one thread.
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

  /** The number of printed characters. */
  public long printed() {
    return printed;
  }

  /** The number of those that were written out, in a line or a mark. */
  public long written() {
    return written;
  }

  /** The number of those that were printed again at the same place, or moved by a column. */
  public long again() {
    return again;
  }
}
