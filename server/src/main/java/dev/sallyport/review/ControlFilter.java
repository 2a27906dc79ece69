package dev.sallyport.review;

import java.io.IOException;

/**
 * Tells what is printed from what controls the terminal (ECMA-48, section 5, and xterm's reading of
 * it). For one thread.
 */
final class ControlFilter {
  /**
   * Longest control string (a title, a picture) that is passed over. A terminal waits for its end
   * for ever; here what follows is shown again, so that nobody hides the rest of a session behind
   * one that does not end.
   */
  static final int LONGEST_STRING = 64 * 1024;

  /** A parameter is no longer; more digits change nothing. */
  private static final int LARGEST_PARAMETER = 100_000;

  private static final int CAN = 0x18;
  private static final int SUB = 0x1a;
  private static final int ESC = 0x1b;
  private static final int BEL = 0x07;
  private static final int ST = 0x9c;

  /** Hears what is left. */
  interface Screen {
    /** A character. */
    void print(int codePoint) throws IOException;

    /** A control character, of C0 or C1. */
    void control(int c) throws IOException;

    /**
     * A control sequence.
     *
     * @param end the final byte
     * @param first the first parameter; 0 when there is none
     */
    void sequence(int end, int first) throws IOException;
  }

  private enum State {
    GROUND,
    /** Behind ESC. */
    ESCAPE,
    /** Behind ESC and an intermediate byte. */
    INTERMEDIATE,
    /** In a control sequence. */
    SEQUENCE,
    /** In a control string. */
    STRING,
    /** Behind ESC in a control string. */
    STRING_ESCAPE
  }

  private final Screen screen;
  private State state = State.GROUND;
  private int parameter;
  private boolean isFirst;
  private boolean isPrivate;
  private int stringLength;

  ControlFilter(Screen screen) {
    this.screen = screen;
  }

  /** Goes on with this text, which may begin and end anywhere. */
  void accept(String text) throws IOException {
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      accept(c);
      i += Character.charCount(c);
    }
  }

  private void accept(int c) throws IOException {
    switch (state) {
      case STRING -> inString(c);
      case STRING_ESCAPE -> behindStringEscape(c);
      case GROUND, ESCAPE, INTERMEDIATE, SEQUENCE -> {
        if (c == ESC) {
          state = State.ESCAPE;
        } else if (c == CAN || c == SUB) {
          state = State.GROUND;
        } else if (c < ' ') {
          // Also in the middle of a sequence: ECMA-48 leaves it open, terminals obey at once.
          screen.control(c);
        } else if (c >= 0x80 && c < 0xa0) {
          c1(c);
        } else {
          character(c);
        }
      }
    }
  }

  private void character(int c) throws IOException {
    switch (state) {
      case GROUND -> {
        if (c != 0x7f) {
          screen.print(c);
        }
      }
      case ESCAPE -> behindEscape(c);
      case INTERMEDIATE -> {
        if (c > 0x2f) {
          state = State.GROUND;
        }
      }
      case SEQUENCE -> inSequence(c);
      case STRING, STRING_ESCAPE -> throw new IllegalStateException("handled before");
    }
  }

  private void behindEscape(int c) throws IOException {
    if (c >= 0x40 && c <= 0x5f) {
      c1(c + 0x40); // ECMA-48, section 5.3: the seven-bit form of C1
    } else if (c >= 0x20 && c <= 0x2f) {
      state = State.INTERMEDIATE;
    } else {
      state = State.GROUND;
    }
  }

  private void c1(int c) throws IOException {
    state = State.GROUND;
    switch (c) {
      case 0x9b -> {
        state = State.SEQUENCE;
        parameter = 0;
        isFirst = true;
        isPrivate = false;
      }
      case 0x90, 0x98, 0x9d, 0x9e, 0x9f -> { // DCS, SOS, OSC, PM, APC
        state = State.STRING;
        stringLength = 0;
      }
      case 0x84, 0x85 -> screen.control('\n'); // IND, NEL
      default -> {}
    }
  }

  private void inSequence(int c) throws IOException {
    if (c >= '0' && c <= '9') {
      if (isFirst) {
        parameter = Math.min(LARGEST_PARAMETER, parameter * 10 + c - '0');
      }
    } else if (c == ';' || c == ':') {
      isFirst = false;
    } else if (c >= 0x20 && c <= 0x3f) {
      isPrivate = true; // an intermediate byte, or one of < = > ?
    } else {
      state = State.GROUND;
      if (!isPrivate && c <= 0x7e) {
        screen.sequence(c, parameter);
      }
    }
  }

  private void inString(int c) {
    if (c == BEL || c == ST || c == CAN || c == SUB || ++stringLength > LONGEST_STRING) {
      state = State.GROUND;
    } else if (c == ESC) {
      state = State.STRING_ESCAPE;
    }
  }

  private void behindStringEscape(int c) throws IOException {
    state = State.ESCAPE; // ST is ESC \, and ESC with anything else ends a string, too
    accept(c);
  }
}
