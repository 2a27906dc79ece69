package dev.sallyport.gateway.prompt;

/**
 * Splits a line into words as a POSIX shell does (POSIX.1-2024, Shell Command Language, section
 * 2.2), one at a time. Nothing is expanded, and no character is an operator: a line is one command.
 * Not for use by several threads.
 */
final class ShellWords {
  private final String line;
  private int at;

  ShellWords(String line) {
    this.line = line;
  }

  /** The next part of a line. */
  sealed interface Next {
    /**
     * A word.
     *
     * @param text without its quotes
     * @param start its index in the line, including its quotes
     * @param wholeQuoted whether one pair of quotes encloses all of it
     */
    record Word(String text, int start, boolean wholeQuoted) implements Next {}

    /** The end of the line. */
    record End() implements Next {}

    /**
     * A word without an end.
     *
     * @param reason continues a sentence
     */
    record Unfinished(String reason) implements Next {}
  }

  /** The rest of the line, without leading blanks. */
  String rest() {
    skipBlanks();
    return line.substring(at);
  }

  Next next() {
    skipBlanks();
    if (at == line.length()) {
      return new Next.End();
    }
    int start = at;
    StringBuilder text = new StringBuilder();
    while (at < line.length() && !isBlank(line.charAt(at))) {
      char c = line.charAt(at);
      switch (c) {
        case '\'' -> {
          int end = line.indexOf('\'', at + 1);
          if (end < 0) {
            return new Next.Unfinished("has an unmatched '");
          }
          text.append(line, at + 1, end);
          at = end + 1;
        }
        case '"' -> {
          if (!readDoubleQuoted(text)) {
            return new Next.Unfinished("has an unmatched \"");
          }
        }
        case '\\' -> {
          if (at + 1 == line.length()) {
            return new Next.Unfinished("ends with a \\ that quotes nothing");
          }
          append(text, line.charAt(at + 1));
          at += 2;
        }
        default -> {
          text.append(c);
          at++;
        }
      }
    }
    return new Next.Word(text.toString(), start, isWholeQuoted(start, at));
  }

  /**
   * In double quotes, a backslash quotes only the characters that are special there (section
   * 2.2.3).
   */
  private boolean readDoubleQuoted(StringBuilder text) {
    for (int i = at + 1; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"') {
        at = i + 1;
        return true;
      }
      if (c == '\\' && i + 1 < line.length() && "$`\"\\\n".indexOf(line.charAt(i + 1)) >= 0) {
        i++;
        append(text, line.charAt(i));
      } else {
        text.append(c);
      }
    }
    return false;
  }

  /** A quoted newline continues the line (section 2.2.1). */
  private static void append(StringBuilder text, char quoted) {
    if (quoted != '\n') {
      text.append(quoted);
    }
  }

  private boolean isWholeQuoted(int start, int end) {
    char quote = line.charAt(start);
    if ((quote != '\'' && quote != '"') || end - start < 2) {
      return false;
    }
    for (int i = start + 1; i < end; i++) {
      char c = line.charAt(i);
      if (c == '\\' && quote == '"') {
        i++;
      } else if (c == quote) {
        return i == end - 1;
      }
    }
    return false;
  }

  private void skipBlanks() {
    while (at < line.length() && isBlank(line.charAt(at))) {
      at++;
    }
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
  }
}
