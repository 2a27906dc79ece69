package dev.sallyport.review;

/**
 * Output as it was sent, with all that is not a visible character written out. A line feed is
 * written as the end of a line, a backslash as two, so that nothing is ambiguous. For one thread.
 */
final class RawText {
  private final StringBuilder out;
  private boolean isInLine;

  /**
   * @param out may be emptied at any time
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
