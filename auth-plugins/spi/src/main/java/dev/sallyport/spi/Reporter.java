package dev.sallyport.spi;

/**
 * Where a plugin tells the operator what is wrong with its source. Safe for all threads; never
 * blocks for long.
 */
public interface Reporter {
  /**
   * Something needs the operator's hand. The server escapes both texts; say each thing once, not at
   * every login.
   *
   * @param where file and line, host, or whatever leads there
   * @param what what is wrong, and what follows from it
   */
  void problem(String where, String what);
}
