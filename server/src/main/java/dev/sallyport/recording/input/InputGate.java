package dev.sallyport.recording.input;

import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Lets what a user types in a terminal into the record only when the target has echoed it, so that
 * passwords of sudo, su, ssh or {@code read -s} never get there. A line is held until Enter and is
 * told whole or not at all: when the very next thing that the target showed from its first key on
 * was that line and the end of it. Colours and backspaces are understood. Everything else is told
 * as a count, {@link Typed.Hidden}. What a program prints by chance cannot let a password through
 * letter by letter: one letter more or less, and the line is hidden.
 *
 * <p>What is lost by this caution, and can be seen in the recorded output all the same: keys in
 * full-screen programs; a line from Tab, an arrow or another key that edits on; the lines but the
 * last of what is typed or pasted ahead, and pastes that the terminal brackets; a line that wraps
 * at the edge, during which something else was printed, or which a shell draws anew as it is typed
 * (zsh with highlighting); and lines of more than {@value #LONGEST_LINE} bytes. A target that shows
 * a password as it is typed puts it in the record of its output before this class hears of it.
 *
 * <p>Output must come here before it is shown to the user, and keys before the target sees them.
 * Each direction on one thread at a time. Memory is two lines. Nothing here waits.
 */
public final class InputGate {
  /**
   * In bytes; longer lines are counted, not held. A client may type without ever an Enter, and no
   * person types so much in one.
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

  /** Entered, and its echo has not come to its end. */
  private Optional<Entered> waiting = Optional.empty();

  /** The target has shown the first half of an Enter's echo. */
  private boolean lineFeedComes;

  /** A line and the key that ended it. */
  private record Entered(TypedLine line, byte enter) {}

  /**
   * @param sink gets all that was typed in its order, on the threads that carry, one call at a
   *     time; it must not wait
   */
  public InputGate(Consumer<Typed> sink) {
    this.sink = sink;
  }

  /** The user typed these. */
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
    // It had its time: the next Enter.
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

  /** The target sent these to be shown. */
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

  /** The session is over: tells what is held. Nothing may come afterwards. */
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
