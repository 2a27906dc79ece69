package dev.sallyport.terminal;

import java.util.List;

/** Receives the rows of a screen before their text is lost. */
@FunctionalInterface
public interface Lines {
  /** A row, as it is now. */
  void row(Written row);

  /**
   * A row of the screen as it is written out.
   *
   * @param id of the row's text; another one after the row was cleared
   * @param continues the {@code id} of the row whose text wrapped into this one; 0 when none did
   * @param wraps whether its text goes on in the row below
   * @param text without the spaces at the end, unless it wraps; nothing in it is escaped
   * @param fresh how many visible characters of it are written out for the first time
   * @param state what happens to it
   * @param marks what happened in it that its text does not show
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
    /** It scrolls off, or its turn has come. */
    STANDS,
    /** Other text is being printed over it. */
    OVERWRITTEN,
    /** Its text is being erased. */
    ERASED,
    /** Its text was written out before, and did not change: only the marks are new. */
    UNCHANGED
  }

  /**
   * What a row's text does not show.
   *
   * @param kind in words, such as {@code overwritten} or {@code title}
   * @param length how many characters it stands for
   * @param content the beginning of it or all, not escaped
   * @param wasPrinted whether these were printed, and not in a control string
   */
  record Mark(String kind, int length, String content, boolean wasPrinted) {}
}
