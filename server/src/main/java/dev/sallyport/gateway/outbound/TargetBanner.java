package dev.sallyport.gateway.outbound;

/**
 * The banner that a target sends before the login is decided (RFC 4252, section 5.4; {@code Banner}
 * in sshd_config(5)). It is kept for the user, up to a bound. For all threads.
 */
public final class TargetBanner {
  /** Most characters that are kept of all banners of one login. */
  static final int LONGEST = 131_072;

  private final StringBuilder kept = new StringBuilder();
  private boolean cut;

  /**
   * Adds the text of one message.
   *
   * @return characters that are kept by now
   */
  synchronized int add(String text) {
    if (!kept.isEmpty() && kept.charAt(kept.length() - 1) != '\n' && kept.length() < LONGEST) {
      kept.append('\n');
    }
    int room = LONGEST - kept.length();
    kept.append(text, 0, Math.min(room, text.length()));
    cut |= text.length() > room;
    return kept.length();
  }

  /**
   * Returns the text as OpenSSH's client would show it, with a line feed at the end of each line,
   * and forgets it. Empty when there was no banner, and at later calls.
   */
  public synchronized String take() {
    StringBuilder shown = new StringBuilder(kept.length());
    kept.toString().replace("\r\n", "\n").codePoints().forEach(c -> append(shown, c));
    if (cut) {
      shown.append("\n(the rest of the target's banner is left out)\n");
    }
    kept.setLength(0);
    kept.trimToSize();
    cut = false;
    return shown.toString();
  }

  /**
   * Control characters would drive a terminal, and bidirectional marks would show one text as
   * another.
   */
  private static void append(StringBuilder shown, int c) {
    if (c == '\n' || c == '\t' || isPrintable(c)) {
      shown.appendCodePoint(c);
    } else {
      shown.append(String.format("\\u%04x", c));
    }
  }

  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
