package dev.sallyport.gateway.prompt;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jline.utils.NonBlockingReader;

/**
 * Turns the input of a terminal into keys, each of which is one character: text as it is, and other
 * keys as the control character of {@link Keys} with the same effect.
 *
 * <p>So the line editor never sees an escape sequence: it would wait for the rest of a partial one,
 * and take an unknown one for text. They are parsed here, a byte at a time, in bounded memory.
 * Nothing is read ahead of a key: the bytes after Enter belong to the session that it launches.
 * Used by the prompt's thread only.
 */
final class KeyReader extends NonBlockingReader {
  private static final int ESCAPE = 0x1b;

  /** Longest parameters of a known key ({@code 1;5}); the rest of longer ones is dropped. */
  private static final int PARAMETERS = 4;

  private final ClientInput input;
  private final Duration idleLimit;
  private final Runnable resized;
  private Runnable beforeWaiting = () -> {};
  private Ending ending = Ending.NONE;

  /** The low surrogate of a character outside the Basic Multilingual Plane, or {@link #NOTHING}. */
  private int pending = NOTHING;

  private static final int NOTHING = -1;

  /** Why no key follows. */
  enum Ending {
    /** Keys may follow. */
    NONE,
    /** The client has sent its end of data. */
    END_OF_INPUT,
    /** The user was idle for too long. */
    IDLE,
    /** The bastion stops. */
    STOPPED,
    /** The client's stream failed. */
    GONE,
    /** The thread was interrupted. */
    INTERRUPTED
  }

  /**
   * @param resized called on the thread that reads, after the terminal was resized
   */
  KeyReader(ClientInput input, Duration idleLimit, Runnable resized) {
    this.input = input;
    this.idleLimit = idleLimit;
    this.resized = resized;
  }

  /** Calls {@code action} on the thread that reads, whenever all input that has arrived is read. */
  void beforeWaiting(Runnable action) {
    beforeWaiting = action;
  }

  /** Why the last read returned the end of input, which the library does not say. */
  Ending ending() {
    return ending;
  }

  /**
   * Waits for a key without a timeout, which the editor does not depend on. Peeking finds nothing,
   * because no key is the beginning of another one.
   */
  @Override
  protected int read(long timeout, boolean peek) {
    if (peek) {
      return READ_EXPIRED;
    }
    if (pending != NOTHING) {
      int half = pending;
      pending = NOTHING;
      return half;
    }
    int c = nextKey();
    if (c == EOF || Character.isBmpCodePoint(c)) {
      return c;
    }
    pending = Character.lowSurrogate(c);
    return Character.highSurrogate(c);
  }

  @Override
  public int readBuffered(char[] chars, int offset, int length, long timeout) {
    if (length == 0) {
      return 0;
    }
    int c = read(timeout, false);
    if (c == EOF) {
      return EOF;
    }
    chars[offset] = (char) c;
    return 1;
  }

  private int nextKey() {
    while (true) {
      int c = nextCharacter();
      while (c == ESCAPE) {
        c = afterEscape();
      }
      if (c == EOF || c == Keys.ERASE_DEL || (c > 0 && c < ' ') || isText(c)) {
        return c;
      }
    }
  }

  /** Whether a character is visible on the screen. */
  private static boolean isText(int c) {
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

  /** The key of an escape sequence (ECMA-48, section 5.4); 0 for an unknown one. */
  private int afterEscape() {
    int c = nextCharacter();
    return switch (c) {
      case '[' -> controlSequence();
      case 'O' -> cursorKey(nextCharacter(), "");
      case 'b', 'B' -> Keys.WORD_LEFT;
      case 'f', 'F' -> Keys.WORD_RIGHT;
      case 'd', 'D' -> Keys.DELETE_WORD;
      case Keys.ERASE, Keys.ERASE_DEL -> Keys.ERASE_WORD;
      default -> c < ' ' ? c : 0;
    };
  }

  private int controlSequence() {
    StringBuilder parameters = new StringBuilder();
    while (true) {
      int c = nextCharacter();
      if (c >= ' ' && c < '@') {
        if (parameters.length() < PARAMETERS) {
          parameters.append((char) c);
        }
      } else if (c == '[') {
        // The function keys of the Linux console have one more letter.
        c = nextCharacter();
        return c < ' ' ? c : 0;
      } else {
        return c == '~' ? editingKey(parameters.toString()) : cursorKey(c, parameters.toString());
      }
    }
  }

  private static int editingKey(String parameters) {
    return switch (parameters) {
      case "1", "7" -> Keys.HOME;
      case "3" -> Keys.DELETE;
      case "4", "8" -> Keys.END;
      case "3;5", "3;3" -> Keys.DELETE_WORD;
      default -> 0;
    };
  }

  private static int cursorKey(int last, String parameters) {
    boolean wide = parameters.equals("1;5") || parameters.equals("1;3");
    return switch (last) {
      case 'A' -> Keys.UP;
      case 'B' -> Keys.DOWN;
      case 'C' -> wide ? Keys.WORD_RIGHT : Keys.RIGHT;
      case 'D' -> wide ? Keys.WORD_LEFT : Keys.LEFT;
      case 'H' -> Keys.HOME;
      case 'F' -> Keys.END;
      // The keypad's Enter.
      case 'M' -> Keys.ENTER;
      default -> last < ' ' ? last : 0;
    };
  }

  /** Reads a character of UTF-8 (RFC 3629); U+FFFD for malformed bytes. */
  private int nextCharacter() {
    int first = nextByte();
    int more = first < 0xc2 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : 0;
    if (more == 0) {
      return first < 0x80 ? first : 0xfffd;
    }
    byte[] bytes = new byte[more + 1];
    bytes[0] = (byte) first;
    for (int i = 1; i <= more; i++) {
      // A byte that does not continue the character is a key of its own.
      if ((peekByte() & 0xc0) != 0x80) {
        return 0xfffd;
      }
      bytes[i] = (byte) nextByte();
    }
    return new String(bytes, StandardCharsets.UTF_8).codePointAt(0);
  }

  private int nextByte() {
    return await() == Ending.NONE ? input.take() : EOF;
  }

  private int peekByte() {
    return await() == Ending.NONE ? input.peek() : EOF;
  }

  /** Waits for a byte or the end of the input. */
  private Ending await() {
    if (input.available() == 0) {
      beforeWaiting.run();
    }
    long end = System.nanoTime() + idleLimit.toNanos();
    while (ending == Ending.NONE) {
      try {
        switch (input.await(Duration.ofNanos(end - System.nanoTime()))) {
          case BYTE -> {
            return Ending.NONE;
          }
          case WOKEN -> resized.run();
          case END -> ending = Ending.END_OF_INPUT;
          case TIMEOUT -> ending = Ending.IDLE;
          case STOPPED -> ending = Ending.STOPPED;
        }
      } catch (InterruptedException e) {
        ending = Ending.INTERRUPTED;
      } catch (IOException e) {
        ending = Ending.GONE;
      }
    }
    return ending;
  }
}
