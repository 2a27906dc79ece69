package dev.sallyport.review;

import dev.sallyport.recording.CastText;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Lets through what draws on a terminal, and nothing else: text, colours, where the cursor goes,
 * what is erased and scrolled, the second screen (ECMA-48; xterm's ctlseqs). A recorded user chose
 * these bytes, and an auditor's terminal obeys them: it would answer questions as if the auditor
 * had typed the answer, put text on the clipboard or into the title, send a page to the printer,
 * lock the keyboard, or send other bytes for keys and mouse from then on. So this is a list of what
 * is allowed; what is not on it is left out, whole. For one thread.
 */
final class DrawingFilter {
  /** Longest control sequence that draws: a dozen colours in full. */
  private static final int LONGEST_SEQUENCE = 128;

  /**
   * Digits of a number: no screen is larger, and terminals do a thing as often as they are told.
   */
  private static final int MOST_DIGITS = 4;

  /**
   * As {@link dev.sallyport.terminal.Tokenizer#LONGEST_STRING}: nobody hides a session behind a
   * title.
   */
  private static final int LONGEST_STRING = dev.sallyport.terminal.Tokenizer.LONGEST_STRING;

  /**
   * Final bytes of control sequences without a prefix: cursor (A to H, a, d, e, f, `, s, u), tabs
   * (I, Z, g), erase (J, K, X), insert and delete (@, L, M, P), scroll (S, r), repeat (b), colours
   * (m). Not among them: c, n, x (questions), i (printer), q (lamps), t (the window).
   */
  private static final String FINALS = "@ABCDEFGHIJKLMPSXZ`abdefgmrsu";

  /**
   * Private modes that change the picture: reverse video, origin, wrap, blinking and visible
   * cursor, second screen, update at once. The others change what keys and mouse send.
   */
  private static final Set<String> PRIVATE_MODES =
      Set.of("5", "6", "7", "12", "25", "47", "1047", "1048", "1049", "2026");

  private static final int CAN = 0x18;
  private static final int SUB = 0x1a;
  private static final int ESC = 0x1b;
  private static final int BEL = 0x07;
  private static final int ST = 0x9c;

  private enum State {
    GROUND,
    /** Behind ESC and perhaps intermediate bytes. */
    ESCAPE,
    /** In a control sequence. */
    SEQUENCE,
    /** In a control string. */
    STRING,
    /** Behind ESC in a control string. */
    STRING_ESCAPE
  }

  /** What came since ESC or CSI, which are not in it; no longer than {@link #LONGEST_SEQUENCE}. */
  private final StringBuilder sequence = new StringBuilder();

  private State state = State.GROUND;
  private int stringLength;

  /** What is left of this text, which may begin and end anywhere. */
  String filter(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints().forEach(c -> accept(c, out));
    return out.toString();
  }

  private void accept(int c, StringBuilder out) {
    switch (state) {
      case STRING -> inString(c);
      case STRING_ESCAPE -> {
        // ESC ends a string, with a backslash or with anything else.
        state = State.ESCAPE;
        accept(c, out);
      }
      case GROUND, ESCAPE, SEQUENCE -> {
        if (c == ESC) {
          begin(State.ESCAPE);
        } else if (c == CAN || c == SUB) {
          state = State.GROUND;
        } else if (c < ' ') {
          // Also in the middle of a sequence: terminals obey at once.
          control(c, out);
        } else if (c >= 0x80 && c < 0xa0) {
          begin(State.ESCAPE);
          escape(c - 0x40, out); // ECMA-48, section 5.3: the seven-bit form of C1
        } else {
          character(c, out);
        }
      }
    }
  }

  private void begin(State next) {
    state = next;
    sequence.setLength(0);
  }

  /** Bell, backspace, tab, line and page feeds, return, and the two character sets. */
  private static void control(int c, StringBuilder out) {
    if (c >= BEL && c <= 0x0f) {
      out.append((char) c);
    }
  }

  private void character(int c, StringBuilder out) {
    switch (state) {
      case GROUND -> print(c, out);
      case ESCAPE -> escape(c, out);
      case SEQUENCE -> inSequence(c, out);
      case STRING, STRING_ESCAPE -> throw new IllegalStateException("handled before");
    }
  }

  private static void print(int c, StringBuilder out) {
    if (CastText.isRaw(c) && (c & 0xff) < 0xa0) {
      // A control character to a terminal that does not read UTF-8.
      out.append('?');
    } else if (c != 0x7f) {
      out.appendCodePoint(c);
    }
  }

  private void escape(int c, StringBuilder out) {
    if (c < 0x20 || c > 0x7e) {
      state = State.GROUND;
    } else if (c <= 0x2f) {
      keep(c); // an intermediate byte
    } else if (sequence.isEmpty()) {
      behindEscape(c, out);
    } else {
      keep(c);
      state = State.GROUND;
      if (isCharacterSet() || isLineSize()) {
        out.append((char) ESC).append(sequence);
      }
    }
  }

  private void behindEscape(int c, StringBuilder out) {
    switch (c) {
      case '[' -> begin(State.SEQUENCE);
      case 'P', 'X', ']', '^', '_', 'k' -> { // DCS, SOS, OSC, PM, APC, and screen's title
        state = State.STRING;
        stringLength = 0;
      }
      // Save and restore the cursor, line feeds, tab stop, reset.
      case '7', '8', 'D', 'E', 'H', 'M', 'c' -> {
        state = State.GROUND;
        out.append((char) ESC).append((char) c);
      }
      default -> state = State.GROUND;
    }
  }

  /** ISO 2022's G0 to G3. */
  private boolean isCharacterSet() {
    return sequence.length() == 2 && "()*+-./".indexOf(sequence.charAt(0)) >= 0;
  }

  /** Lines of double width or height, and the picture to align a screen by. */
  private boolean isLineSize() {
    return sequence.length() == 2
        && sequence.charAt(0) == '#'
        && "34568".indexOf(sequence.charAt(1)) >= 0;
  }

  /** One character more than is allowed is kept, by which one sees that it was too long. */
  private void keep(int c) {
    if (sequence.length() <= LONGEST_SEQUENCE) {
      sequence.append((char) c);
    }
  }

  private void inSequence(int c, StringBuilder out) {
    if (c > 0x7e) {
      state = State.GROUND;
      return;
    }
    keep(c);
    if (c >= 0x40) {
      state = State.GROUND;
      String drawing = sequence.length() > LONGEST_SEQUENCE ? "" : drawing(sequence.toString());
      if (!drawing.isEmpty()) {
        out.append((char) ESC).append('[').append(drawing);
      }
    }
  }

  /** What of a control sequence draws; empty when nothing does. */
  private static String drawing(String sequence) {
    char end = sequence.charAt(sequence.length() - 1);
    String parameters = sequence.substring(0, sequence.length() - 1);
    if (parameters.startsWith("?")) {
      return drawingPrivately(sequence, parameters.substring(1), end);
    }
    return draws(parameters, end) ? sequence : "";
  }

  private static boolean draws(String parameters, char end) {
    return switch (end) {
      case 'h', 'l' -> parameters.equals("4"); // insert mode
      case 'p' -> parameters.equals("!"); // the soft reset
      case 'q' -> // the cursor's shape
          parameters.endsWith(" ") && areNumbers(parameters.substring(0, parameters.length() - 1));
      case 'T' -> // with more numbers xterm waits for the mouse
          parameters.indexOf(';') < 0 && areNumbers(parameters);
      default -> FINALS.indexOf(end) >= 0 && areNumbers(parameters);
    };
  }

  private static String drawingPrivately(String sequence, String parameters, char end) {
    return switch (end) {
      case 'h', 'l' -> {
        String modes =
            Arrays.stream(parameters.split(";", -1))
                .filter(PRIVATE_MODES::contains)
                .collect(Collectors.joining(";"));
        yield modes.isEmpty() ? "" : "?" + modes + end;
      }
      case 'J', 'K' -> areNumbers(parameters) ? sequence : "";
      default -> "";
    };
  }

  private static boolean areNumbers(String parameters) {
    int digits = 0;
    for (int i = 0; i < parameters.length(); i++) {
      char c = parameters.charAt(i);
      digits = c >= '0' && c <= '9' ? digits + 1 : 0;
      if (digits > MOST_DIGITS || (digits == 0 && c != ';' && c != ':')) {
        return false;
      }
    }
    return true;
  }

  private void inString(int c) {
    if (c == BEL || c == ST || c == CAN || c == SUB || ++stringLength > LONGEST_STRING) {
      state = State.GROUND;
    } else if (c == ESC) {
      state = State.STRING_ESCAPE;
    }
  }
}
