package dev.sallyport.terminal;

import java.util.List;

/** Receives the rows of a screen before their text is lost. */
@FunctionalInterface
public interface Lines {
  /** A row in its present state. */
  void row(Written row);

  /**
   * A row of the screen as it is written out.
   *
   * @param id of the row's text, which changes when the row is cleared
   * @param continues the {@code id} of the row whose text wrapped into this one, or 0
   * @param wraps whether its text continues in the row below
   * @param text without trailing spaces, unless it wraps; not escaped
   * @param fresh the number of visible characters that are written out for the first time
   * @param state what happens to the row
   * @param marks content that the text does not show
   */
  record Written(
      long id,
      long continues,
      boolean wraps,
      String text,
      int fresh,
      State state,
      List<Mark> marks) {}

  /** What happens to a row that is written out. */
  enum State {
    /** It scrolls off the screen, or is written out in order. */
    STANDS,
    /** It is being overwritten. */
    OVERWRITTEN,
    /** It is being erased. */
    ERASED,
    /** Its text has not changed since it was written out; only the marks are new. */
    UNCHANGED
  }

  /**
   * Content that a row's text does not show.
   *
   * @param kind as text, such as {@code overwritten} or {@code title}
   * @param length the number of characters that it represents
   * @param content the content or its beginning, not escaped
   * @param wasPrinted whether the characters were printed, and not part of a control string
   */
  record Mark(String kind, int length, String content, boolean wasPrinted) {}
}
