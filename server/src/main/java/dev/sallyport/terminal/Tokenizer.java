package dev.sallyport.terminal;

/**
 * Splits a terminal's output into characters and control functions (ECMA-48, section 5, and what
 * xterm does where the standard leaves it open). It keeps a bounded part of an incomplete function.
 * For one thread.
 */
public final class Tokenizer {
  /**
   * Longest control string and control sequence, in characters. A terminal waits for the end
   * without a limit. Here, text beyond the limit counts as printed, so that an endless string
   * cannot hide the rest of a session.
   */
  public static final int LONGEST_STRING = 64 * 1024;

  /** Longest sequence that is executed, in characters: enough for a dozen colours. */
  public static final int LONGEST_SEQUENCE = 128;

  /**
   * Longest title of GNU screen (ESC k). Other terminals print its text, so it is no longer than a
   * view can show.
   */
  private static final int LONGEST_SCREEN_TITLE = ControlString.KEPT;

  private static final int BEL = 0x07;
  private static final int CAN = 0x18;
  private static final int SUB = 0x1a;
  private static final int ESC = 0x1b;
  private static final int DEL = 0x7f;
  private static final int ST = 0x9c;

  private enum State {
    GROUND,
    /** After ESC and any intermediate bytes. */
    ESCAPE,
    /** In a control sequence. */
    SEQUENCE,
    /** In a control string. */
    STRING,
    /** After ESC in a control string. */
    STRING_ESCAPE
  }

  private final Tokens tokens;
  private final boolean readsC1;

  /** The beginning of the incomplete control function, without its introducer. */
  private final StringBuilder kept = new StringBuilder();

  private State state = State.GROUND;

  /** The length of the incomplete control function, in characters. */
  private int length;

  /** The final byte of the control string's introducer. */
  private int introducer;

  private Tokenizer(Tokens tokens, boolean readsC1) {
    this.tokens = tokens;
    this.readsC1 = readsC1;
  }

  /** For decoded text, in which U+0080 to U+009F are C1 controls. */
  public static Tokenizer ofText(Tokens tokens) {
    return new Tokenizer(tokens, true);
  }

  /** For bytes from 0 to 255, of which those from 0x80 on may be parts of characters. */
  public static Tokenizer ofBytes(Tokens tokens) {
    return new Tokenizer(tokens, false);
  }

  /** Continues with this text, which may begin and end anywhere. */
  public void accept(String text) {
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      accept(c);
      i += Character.charCount(c);
    }
  }

  /** Continues with one code point or byte. */
  public void accept(int c) {
    switch (state) {
      case STRING -> inString(c);
      case STRING_ESCAPE -> {
        // ST is ESC \, and ESC with anything else ends a string, too.
        endString();
        begin(State.ESCAPE);
        if (c == '\\') {
          state = State.GROUND;
        } else {
          accept(c);
        }
      }
      case GROUND, ESCAPE, SEQUENCE -> {
        if (c == ESC) {
          abandon();
          begin(State.ESCAPE);
        } else if (c == CAN || c == SUB) {
          abandon();
          tokens.control(c);
        } else if (c < ' ' || c == DEL) {
          // Also in the middle of a sequence: ECMA-48 leaves it undefined, and terminals execute it
          // at once.
          tokens.control(c);
        } else if (readsC1 && c >= 0x80 && c < 0xa0) {
          abandon();
          begin(State.ESCAPE);
          inEscape(c - 0x40); // ECMA-48, section 5.3: the seven-bit form of C1
        } else {
          graphic(c);
        }
      }
    }
  }

  /** Ends the input, and reports an incomplete control string. */
  public void end() {
    if (state == State.STRING || state == State.STRING_ESCAPE) {
      endString();
    } else {
      abandon();
    }
  }

  private void graphic(int c) {
    if (state == State.GROUND) {
      tokens.print(c);
    } else if (c > 0x7e) {
      // No control function contains it.
      abandon();
      tokens.print(c);
    } else if (state == State.ESCAPE) {
      inEscape(c);
    } else {
      inSequence(c);
    }
  }

  private void begin(State next) {
    state = next;
    length = 0;
    kept.setLength(0);
  }

  private void inEscape(int c) {
    if (c <= 0x2f) {
      keep(c); // an intermediate byte
    } else if (length > 0) {
      end(c);
    } else {
      switch (c) {
        case '[' -> begin(State.SEQUENCE);
        case 'P', 'X', ']', '^', '_', 'k' -> {
          begin(State.STRING);
          introducer = c;
        }
        default -> end(c);
      }
    }
  }

  private void inSequence(int c) {
    if (c < 0x40) {
      keep(c);
    } else {
      end(c);
    }
  }

  private void keep(int c) {
    if (length < LONGEST_SEQUENCE) {
      kept.append((char) c);
    }
    if (++length == LONGEST_STRING) {
      abandon();
    }
  }

  private void end(int c) {
    State was = state;
    if (length > LONGEST_SEQUENCE) {
      abandon();
      return;
    }
    state = State.GROUND;
    if (was == State.SEQUENCE) {
      tokens.sequence(ControlSequence.parse(kept, (char) c));
    } else {
      tokens.escape(kept.toString(), c);
    }
  }

  /** Drops the incomplete function. It is reported if it is long enough to hide something. */
  private void abandon() {
    state = State.GROUND;
    if (length > LONGEST_SEQUENCE) {
      tokens.string(ControlString.tooLong(kept, length));
    }
    length = 0;
  }

  private void inString(int c) {
    if (c == BEL || c == CAN || c == SUB || (readsC1 && c == ST)) {
      endString();
    } else if (c == ESC) {
      state = State.STRING_ESCAPE;
    } else if (introducer == 'k' && c < ' ') {
      endString();
      tokens.control(c);
    } else {
      if (length < ControlString.KEPT) {
        kept.appendCodePoint(c);
      }
      if (++length == (introducer == 'k' ? LONGEST_SCREEN_TITLE : LONGEST_STRING)) {
        endString();
      }
    }
  }

  private void endString() {
    state = State.GROUND;
    ControlString string = ControlString.of(introducer, kept, length);
    length = 0;
    tokens.string(string);
  }
}
