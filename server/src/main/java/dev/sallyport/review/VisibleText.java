package dev.sallyport.review;

import dev.sallyport.recording.CastText;
import java.io.IOException;

/**
 * Writes letters of all scripts as they are, and escapes all characters that would be invisible.
 */
final class VisibleText {
  private VisibleText() {}

  /**
   * Appends a code point. A byte that was not UTF-8 becomes {@code \xNN}; a control character,
   * bidirectional mark or other formatting character becomes {@code \}{@code uNNNN}, except those
   * that join letters and emoji.
   */
  static void append(StringBuilder out, int codePoint) {
    if (CastText.isRaw(codePoint)) {
      out.append(String.format("\\x%02x", codePoint & 0xff));
    } else if (!hides(codePoint)) {
      out.appendCodePoint(codePoint);
    } else {
      out.append(String.format(codePoint > 0xffff ? "\\U%08x" : "\\u%04x", codePoint));
    }
  }

  /** The same. */
  static void append(Appendable out, int codePoint) throws IOException {
    StringBuilder one = new StringBuilder();
    append(one, codePoint);
    out.append(one);
  }

  private static boolean hides(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      case Character.FORMAT -> codePoint != 0x200c && codePoint != 0x200d;
      default -> false;
    };
  }
}
