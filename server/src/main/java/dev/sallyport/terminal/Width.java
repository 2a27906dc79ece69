package dev.sallyport.terminal;

import org.jline.utils.WCWidth;

/** The width of characters in columns. */
final class Width {
  /** The first character for which the table is needed: none before it is wide or combining. */
  private static final int FIRST_COMBINING = 0x300;

  private Width() {}

  /** 0 for a combining character, 2 for a wide one, otherwise 1. */
  static int of(int codePoint) {
    return codePoint < FIRST_COMBINING ? 1 : Math.clamp(WCWidth.wcwidth(codePoint), 0, 2);
  }
}
