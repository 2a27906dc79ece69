package dev.sallyport.recording.input;

import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Records input in a terminal only if the target has echoed it, so that passwords for sudo, su, ssh
 * or {@code read -s} are never recorded. A line is held until Enter, and recorded completely or not
 * at all: it is recorded if the target's output from its first key on was exactly that line and its
 * end. Colours and backspaces are recognised. All other input is recorded as a number of bytes,
 * {@link Typed.Hidden}. Other output cannot reveal a password letter by letter: with one letter
 * more or less, the line is hidden.
 *
 * <p>The following input is therefore not recorded, but can be seen in the recorded output: keys in
 * full-screen programs; a line after Tab, an arrow or another editing key; all but the last line of
 * input that is typed or pasted ahead, and bracketed pastes; a line that wraps, that is interrupted
 * by other output, or that the shell redraws (zsh with highlighting); and lines of more than
 * {@value #LONGEST_LINE} bytes. A password that the target echoes is in the recorded output in any
 * case.
 *
 * <p>Output must be passed here before the user sees it, and keys before the target gets them. Each
 * direction is for one thread at a time. Memory is bounded by two lines. Never waits.
 */
public final class InputGate {
  /**
   * In bytes. Longer lines, which no person types, are only counted: a client may send input
   * without Enter.
   */
  static final int LONGEST_LINE = 1024;

  private static final byte INTERRUPT = 0x03;
  private static final byte END_OF_FILE = 0x04;
  private static final byte SUSPEND = 0x1a;
  private static final byte QUIT = 0x1c;

  private final ReentrantLock lock = new ReentrantLock();
  private final Consumer<Typed> sink;
  private final EchoScanner scanner = new EchoScanner();

  private TypedLine current = new TypedLine();

  /** A line with Enter whose echo is not complete. */
  private Optional<Entered> waiting = Optional.empty();

  /** Whether the target has shown the first half of an Enter's echo. */
  private boolean lineFeedComes;

  /** A line and the key that ended it. */
  private record Entered(TypedLine line, byte enter) {}

  /**
   * @param sink receives all input in order, on the threads that carry, one call at a time; must
   *     not wait
   */
  public InputGate(Consumer<Typed> sink) {
    this.sink = sink;
  }

  /** Input of the user. */
  public void typed(byte[] data, int offset, int count) {
    lock.lock();
    try {
      for (int i = offset; i < offset + count; i++) {
        switch (data[i]) {
          case '\r', '\n' -> enter(data[i]);
          case INTERRUPT, END_OF_FILE, SUSPEND, QUIT -> {
            current.type(data[i]);
            tellWaiting();
            tellCurrent();
          }
          default -> current.type(data[i]);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void enter(byte key) {
    // Its echo had to be complete before the next Enter.
    tellWaiting();
    waiting = Optional.of(new Entered(current, key));
    current = new TypedLine();
    tellWaitingIfDecided();
  }

  private void tellWaitingIfDecided() {
    if (waiting.isPresent() && waiting.get().line.isDecided()) {
      lineFeedComes = waiting.get().line.isShown();
      tellWaiting();
    }
  }

  private void tellWaiting() {
    waiting.ifPresent(entered -> {
      entered.line.tell(sink);
      sink.accept(new Typed.Echoed(String.valueOf((char) entered.enter)));
    });
    waiting = Optional.empty();
  }

  private void tellCurrent() {
    current.tell(sink);
    current = new TypedLine();
  }

  /** Output of the target. */
  public void shown(byte[] data, int offset, int count) {
    lock.lock();
    try {
      for (int i = offset; i < offset + count; i++) {
        EchoScanner.Meaning meaning = scanner.scan(data[i]);
        boolean entered = waiting.isPresent();
        TypedLine line = waiting.map(Entered::line).orElse(current);
        switch (meaning) {
          case NOTHING -> {}
          case ERASE -> line.erase();
          case OTHER -> line.other();
          case BYTE -> {
            if (!(lineFeedComes && data[i] == '\n')) {
              line.show(data[i], entered);
            }
            lineFeedComes = false;
          }
        }
        tellWaitingIfDecided();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The session has ended: passes on what is held. Called last. */
  public void end() {
    lock.lock();
    try {
      tellWaiting();
      tellCurrent();
    } finally {
      lock.unlock();
    }
  }
}
