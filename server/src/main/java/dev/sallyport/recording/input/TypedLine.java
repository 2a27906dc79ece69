package dev.sallyport.recording.input;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * What was typed up to one Enter, and how much of it the target has shown. The echo must be all
 * that the target shows from the first key on: byte for byte in the order of typing, nothing
 * before, between or after but colours, and then the end of the line. Any other text, so much as
 * one letter, spoils the line. Not for several threads at once.
 */
final class TypedLine {
  private static final byte BACKSPACE = '\b';
  private static final byte DELETE = 0x7f;

  private enum State {
    /** The echo fits so far. */
    FITS,
    /** Shown whole: the target ended the line after the user did. */
    SHOWN,
    /** Shown up to a key that edits or commands, before that key was typed. */
    SHOWN_UP_TO_COMMAND,
    /** Something else was shown. */
    SPOILED
  }

  /** How a backspace is shown: the byte, a space, the byte; or the byte and an erasing sequence. */
  private enum Erasing {
    NO,
    AFTER_BACK,
    AFTER_SPACE
  }

  private final byte[] keys = new byte[InputGate.LONGEST_LINE];

  /** Of the bytes in {@link #keys}. */
  private int count;

  /** Typed beyond the longest line, and not kept. */
  private long beyond;

  /** How many keys the target has shown, from the first on. */
  private int shown;

  private Erasing erasing = Erasing.NO;
  private State state = State.FITS;

  /** A key that is not Enter. */
  void type(byte key) {
    if (count == keys.length) {
      state = State.SPOILED;
      beyond++;
      return;
    }
    if (state == State.FITS && isCommand(key)) {
      // Only what was shown before: an echo that comes later cannot be told from this key's effect.
      state = shown == count && erasing == Erasing.NO ? State.SHOWN_UP_TO_COMMAND : State.SPOILED;
    }
    keys[count++] = key;
  }

  private static boolean isCommand(byte key) {
    return key >= 0 && key < ' ' && key != BACKSPACE;
  }

  /**
   * The target showed a byte of text.
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
          // The space was a key's echo.
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

  /** The target erased to the end of the line, which belongs to a backspace or spoils. */
  void erase() {
    if (erasing == Erasing.AFTER_BACK) {
      erasing = Erasing.NO;
    } else {
      other();
    }
  }

  /** The target moved the cursor, or did what we do not know. */
  void other() {
    if (state == State.FITS && count > 0) {
      state = State.SPOILED;
    }
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** Whether nothing that the target shows can change what is told of the line. */
  boolean isDecided() {
    return count == 0 || state != State.FITS;
  }

  boolean isShown() {
    return state == State.SHOWN;
  }

  /** Tells the line without its Enter, and wipes it; called once. */
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
