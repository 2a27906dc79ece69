package dev.sallyport.recording.input;

/**
 * Tells which bytes of a terminal's output are text, and which only colour it. Not for several
 * threads at once.
 */
final class EchoScanner {
  /** The longest colour that shells set ("38;2;255;255;255", twice); more is not one. */
  private static final int LONGEST_SEQUENCE = 40;

  private static final int ESC = 0x1b;
  private static final int BEL = 0x07;

  private final StringBuilder sequence = new StringBuilder(LONGEST_SEQUENCE);

  /** What a byte of output is. */
  enum Meaning {
    /** Part of something that shows no text and moves nothing. */
    NOTHING,
    /** A byte to be compared. */
    BYTE,
    /** A sequence that erases to the end of the line. */
    ERASE,
    /** A sequence that moves the cursor, or that we do not know. */
    OTHER
  }

  Meaning scan(byte b) {
    if (sequence.isEmpty()) {
      if (b == ESC) {
        sequence.append((char) b);
        return Meaning.NOTHING;
      }
      return b == BEL ? Meaning.NOTHING : Meaning.BYTE;
    }
    char c = (char) (b & 0xff);
    sequence.append(c);
    if (sequence.length() == 2 && c == '[') {
      return Meaning.NOTHING;
    }
    boolean parameter = (c >= '0' && c <= '9') || c == ';' || c == '?';
    if (sequence.length() > 2 && parameter && sequence.length() < LONGEST_SEQUENCE) {
      return Meaning.NOTHING;
    }
    String whole = sequence.substring(1);
    sequence.setLength(0);
    if (whole.equals("[K") || whole.equals("[0K")) {
      return Meaning.ERASE;
    }
    // ECMA-48 SGR, and xterm's bracketed paste mode, which readline turns off at Enter.
    boolean colour = c == 'm' && whole.indexOf('?') < 0;
    return colour || whole.equals("[?2004l") || whole.equals("[?2004h")
        ? Meaning.NOTHING
        : Meaning.OTHER;
  }
}
