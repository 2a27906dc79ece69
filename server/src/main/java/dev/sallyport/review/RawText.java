package dev.sallyport.review;

/**
 * Writes output with all but visible characters escaped. A line feed ends a line, and a backslash
 * is written as two, so that the text is unambiguous. For one thread.
 */
final class RawText {
  private final StringBuilder out;
  private boolean isInLine;

  /**
   * @param out may be cleared by the caller at any time
   */
  RawText(StringBuilder out) {
    this.out = out;
  }

  void accept(int codePoint) {
    isInLine = codePoint != '\n';
    if (codePoint == '\n') {
      out.append('\n');
    } else if (codePoint == '\\') {
      out.append("\\\\");
    } else {
      VisibleText.append(out, codePoint);
    }
  }

  /** Ends the last line. */
  void end() {
    if (isInLine) {
      out.append('\n');
    }
  }
}
