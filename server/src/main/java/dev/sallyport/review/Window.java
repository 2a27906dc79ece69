package dev.sallyport.review;

/**
 * The size of a terminal's window, in characters.
 *
 * @param columns at least 1
 * @param rows at least 1
 */
public record Window(int columns, int rows) {
  /** Whether a screen of this size fits into the window. */
  public boolean holds(Window other) {
    return columns >= other.columns && rows >= other.rows;
  }

  @Override
  public String toString() {
    return columns + "x" + rows;
  }
}
