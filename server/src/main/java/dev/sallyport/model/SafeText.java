package dev.sallyport.model;

/**
 * Makes text from the network safe to show: on an operator's terminal, in a log line, or to a
 * client.
 */
public final class SafeText {
  private SafeText() {}

  /**
   * Escapes everything but printable ASCII as Java does (a backslash, {@code u} and four
   * hexadecimal digits), the backslash too, and cuts at {@code limit} characters of the original,
   * with a mark. Control characters could control a terminal, line ends could forge log lines, and
   * bidirectional marks could make one name look like another.
   */
  public static String escape(String text, int limit) {
    return escape(text, limit, true);
  }

  /** The same, but leaves backslashes as they are, for text such as file names. */
  public static String escapeName(String text, int limit) {
    return escape(text, limit, false);
  }

  /** The message of a failure, escaped; the name of its class if it has none. */
  public static String messageOf(Throwable cause, int limit) {
    String message = cause.getMessage();
    return escape(message == null ? cause.getClass().getSimpleName() : message, limit);
  }

  private static String escape(String text, int limit, boolean backslash) {
    StringBuilder safe = new StringBuilder(Math.min(text.length(), limit) + 16);
    for (int i = 0; i < Math.min(text.length(), limit); i++) {
      char c = text.charAt(i);
      if (c == '\\' && backslash) {
        safe.append("\\\\");
      } else if (c >= ' ' && c <= '~') {
        safe.append(c);
      } else {
        safe.append(String.format("\\u%04x", (int) c));
      }
    }
    if (text.length() > limit) {
      safe.append("... (").append(text.length()).append(" characters)");
    }
    return safe.toString();
  }
}
