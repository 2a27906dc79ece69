package dev.sallyport.terminal;

/**
 * The content of a control string, such as a title, which terminals do not show on the screen.
 *
 * @param kind as text, such as {@code title} or {@code OSC 7}
 * @param length of the content, in characters
 * @param beginning at most {@value #KEPT} characters of the content
 */
public record ControlString(String kind, int length, String beginning) {
  /** In characters. */
  public static final int KEPT = 200;

  /** Most digits of the number at the beginning of an OSC. */
  private static final int MOST_DIGITS = 5;

  /** A control sequence that is too long to be valid. */
  static ControlString tooLong(CharSequence beginning, int length) {
    return new ControlString("sequence", length, beginning.toString());
  }

  /**
   * @param introducer the final byte of the seven-bit form
   * @param length including {@code beginning}
   */
  static ControlString of(int introducer, CharSequence beginning, int length) {
    String text = beginning.toString();
    return switch (introducer) {
      case 'P' -> new ControlString("DCS", length, text);
      case 'X' -> new ControlString("SOS", length, text);
      case '^' -> new ControlString("PM", length, text);
      case '_' -> new ControlString("APC", length, text);
      case 'k' -> new ControlString("title", length, text);
      default -> operatingSystemCommand(text, length);
    };
  }

  private static ControlString operatingSystemCommand(String text, int length) {
    int digits = 0;
    while (digits < text.length()
        && digits < MOST_DIGITS
        && text.charAt(digits) >= '0'
        && text.charAt(digits) <= '9') {
      digits++;
    }
    boolean isNumbered = digits > 0 && (digits == text.length() || text.charAt(digits) == ';');
    if (!isNumbered) {
      return new ControlString("OSC", length, text);
    }
    int content = Math.min(text.length(), digits + 1);
    String kind =
        switch (text.substring(0, digits)) {
          case "0", "1", "2" -> "title";
          case "8" -> "link";
          case "52" -> "clipboard";
          default -> "OSC " + text.substring(0, digits);
        };
    return new ControlString(kind, length - content, text.substring(content));
  }
}
