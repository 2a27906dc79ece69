package dev.sallyport.recording.input;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * The input up to one Enter, and how much of it the target has echoed. The echo must be the only
 * output from the first key on: byte for byte in the order of typing, with nothing but colours
 * before, between or after, and then the end of the line. Any other text, even a single letter,
 * spoils the line. Not for several threads at once.
 */
final class TypedLine {
  private static final byte BACKSPACE = '\b';
  private static final byte DELETE = 0x7f;

  private enum State {
    /** The echo matches so far. */
    FITS,
    /** Echoed completely: the target ended the line after the user did. */
    SHOWN,
    /** Echoed up to an editing or control key, before that key was typed. */
    SHOWN_UP_TO_COMMAND,
    /** Other text was shown. */
    SPOILED
  }

  /**
   * The progress of a backspace's echo: the byte, a space, the byte; or the byte and an erasing
   * sequence.
   */
  private enum Erasing {
    NO,
    AFTER_BACK,
    AFTER_SPACE
  }

  private final byte[] keys = new byte[InputGate.LONGEST_LINE];

  /** The number of bytes in {@link #keys}. */
  private int count;

  /** The number of keys beyond the longest line, which are not kept. */
  private long beyond;

  /** The number of keys that were echoed, from the first on. */
  private int shown;

  private Erasing erasing = Erasing.NO;
  private State state = State.FITS;

  /** Adds a key other than Enter. */
  void type(byte key) {
    if (count == keys.length) {
      state = State.SPOILED;
      beyond++;
      return;
    }
    if (state == State.FITS && isCommand(key)) {
      // Only what was echoed before counts: a later echo cannot be distinguished from this key's
      // effect.
      state = shown == count && erasing == Erasing.NO ? State.SHOWN_UP_TO_COMMAND : State.SPOILED;
    }
    keys[count++] = key;
  }

  private static boolean isCommand(byte key) {
    return key >= 0 && key < ' ' && key != BACKSPACE;
  }

  /**
   * The target has shown a byte of text.
   *
   * @param entered whether Enter was typed after this line
   */
  void show(byte b, boolean entered) {
    if (count == 0) {
      return;
    }
    Erasing before = erasing;
    erasing = Erasing.NO;
    switch (before) {
      case NO -> compare(b, entered);
      case AFTER_BACK -> {
        if (b == ' ') {
          erasing = Erasing.AFTER_SPACE;
        } else {
          compare(b, entered);
        }
      }
      case AFTER_SPACE -> {
        if (b != BACKSPACE) {
          // The space was the echo of a key.
          compare((byte) ' ', entered);
          compare(b, entered);
        }
      }
    }
  }

  private void compare(byte b, boolean entered) {
    if (state != State.FITS) {
      return;
    }
    if (shown == count) {
      state = entered && (b == '\r' || b == '\n') ? State.SHOWN : State.SPOILED;
      return;
    }
    byte key = keys[shown];
    boolean erases = key == DELETE || key == BACKSPACE;
    if (b != (erases ? BACKSPACE : key)) {
      state = State.SPOILED;
      return;
    }
    shown++;
    if (erases) {
      erasing = Erasing.AFTER_BACK;
    }
  }

  /**
   * The target has erased to the end of the line, which is part of a backspace's echo or spoils the
   * line.
   */
  void erase() {
    if (erasing == Erasing.AFTER_BACK) {
      erasing = Erasing.NO;
    } else {
      other();
    }
  }

  /** The target has moved the cursor, or sent an unknown sequence. */
  void other() {
    if (state == State.FITS && count > 0) {
      state = State.SPOILED;
    }
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** Whether further output cannot change the result. */
  boolean isDecided() {
    return count == 0 || state != State.FITS;
  }

  boolean isShown() {
    return state == State.SHOWN;
  }

  /** Passes on the line without its Enter, and wipes it; called once. */
  void tell(Consumer<Typed> sink) {
    int echoed =
        switch (state) {
          case SHOWN -> count;
          case SHOWN_UP_TO_COMMAND -> shown;
          case FITS, SPOILED -> 0;
        };
    if (echoed > 0) {
      sink.accept(new Typed.Echoed(new String(keys, 0, echoed, StandardCharsets.UTF_8)));
    }
    long hidden = count - echoed + beyond;
    if (hidden > 0) {
      sink.accept(new Typed.Hidden(hidden));
    }
    Arrays.fill(keys, (byte) 0);
  }
}
