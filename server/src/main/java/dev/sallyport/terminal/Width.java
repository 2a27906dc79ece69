package dev.sallyport.terminal;

import org.jline.utils.WCWidth;

/** How many columns a character takes. */
final class Width {
  /** Below it no character is wide, and none combines: the table need not be asked. */
  private static final int FIRST_COMBINING = 0x300;

  private Width() {}

  /** 0 for a character that combines with the one before, 2 for a wide one, otherwise 1. */
  static int of(int codePoint) {
    return codePoint < FIRST_COMBINING ? 1 : Math.clamp(WCWidth.wcwidth(codePoint), 0, 2);
  }
}
