package dev.sallyport.review;

import dev.sallyport.recording.CastText;
import dev.sallyport.terminal.Tokenizer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * Plays a cast on another terminal, with the recorded timing. Control functions that do more than
 * draw are left out ({@link DrawingFilter}), because the recorded user controls these bytes. The
 * present contents of the window are scrolled off first, and the window is never resized. For one
 * thread.
 */
public final class CastPlayer {
  /**
   * Resets the state of the terminal that the filter allows a session to change: colours, character
   * set, origin mode, scrolling region, insert mode, reverse video, alternate screen, wrap, cursor
   * visibility and shape, tab stops (as documented for xterm).
   */
  private static final String RESTORE =
      "\u001b[0m\u000f\u001b(B\u001b)B\u001b[?6l\u001b[r\u001b[4l\u001b[?5l\u001b[?1049l"
          + "\u001b[?7h\u001b[?25h\u001b[0 q";

  /** The last column for which tab stops are set again. */
  private static final int LAST_TAB = 400;

  private static final int TAB = 8;

  /** Waits for a moment. */
  @FunctionalInterface
  public interface Pace {
    /** Returns when that much time has passed since playing began. */
    void until(Duration sinceBegin) throws InterruptedException;
  }

  private final NotPlayed notPlayed = new NotPlayed();
  private final DrawingFilter filter = new DrawingFilter(notPlayed);
  private final OutputStream out;
  private final Optional<Window> window;
  private final double speed;
  private final Duration idleLimit;
  private final Pace pace;
  private Window largest = new Window(1, 1);
  private int resizes;

  /**
   * @param out flushed after each event
   * @param window of the terminal that plays; empty when unknown
   * @param speed factor of the speed; above 0
   * @param idleLimit longer pauses are shortened to this, before {@code speed} applies
   * @param pace called for each output and each resize
   */
  public CastPlayer(
      OutputStream out, Optional<Window> window, double speed, Duration idleLimit, Pace pace) {
    this.out = out;
    this.window = window;
    this.speed = speed;
    this.idleLimit = idleLimit;
    this.pace = pace;
  }

  /**
   * Plays to the end, or until interrupted. The terminal is usable afterwards, with the cursor
   * below the replay.
   */
  public void play(CastReader cast) throws IOException, InterruptedException {
    Duration last = Duration.ZERO;
    Duration due = Duration.ZERO;
    Window recorded = new Window(Math.max(1, cast.columns()), Math.max(1, cast.rows()));
    largest = recorded;
    write(beginning(window.orElse(recorded).rows()));
    WindowFit fit =
        new WindowFit(filter, window.orElse(recorded), recorded.columns(), recorded.rows());
    Tokenizer tokenizer = Tokenizer.ofText(fit);
    try {
      Optional<CastEvent> next = cast.next();
      while (next.isPresent()) {
        CastEvent event = next.get();
        Duration pause = event.at().minus(last);
        last = event.at();
        if (pause.isPositive()) {
          due = due.plus(pause.compareTo(idleLimit) > 0 ? idleLimit : pause);
        }
        show(event, Duration.ofNanos((long) (due.toNanos() / speed)), tokenizer, fit);
        next = cast.next();
      }
      tokenizer.end();
    } finally {
      write(end(fit));
    }
  }

  /** Scrolls off the contents of the window, so that they are not mistaken for the recording. */
  private static String beginning(int rows) {
    return "\u001b[" + rows + ";1H" + "\n".repeat(rows) + "\u001b[H";
  }

  private void show(CastEvent event, Duration when, Tokenizer tokenizer, WindowFit fit)
      throws IOException, InterruptedException {
    switch (event) {
      case CastEvent.Output(Duration _, String text) -> {
        pace.until(when);
        tokenizer.accept(text);
        out.write(CastText.bytes(filter.take()));
        out.flush();
      }
      case CastEvent.Resize(Duration _, int columns, int rows) -> {
        pace.until(when);
        resizes++;
        largest = new Window(Math.max(largest.columns(), columns), Math.max(largest.rows(), rows));
        fit.resize(columns, rows);
        write(filter.take());
      }
      case CastEvent.Input _, CastEvent.Other _ -> {}
    }
  }

  private static String end(WindowFit fit) {
    Tokenizer.ofText(fit).accept("\u001b[?1049l");
    StringBuilder tabs = new StringBuilder("\u001b[3g");
    for (int column = 1; column <= LAST_TAB; column += TAB) {
      tabs.append("\u001b[").append(column).append("G\u001bH");
    }
    return RESTORE + tabs + "\u001b[" + fit.lastRow() + ";1H\r\n";
  }

  /** The largest size that the recorded window had, in each direction. */
  public Window largest() {
    return largest;
  }

  /** The number of times that the recorded window was resized. */
  public int resizes() {
    return resizes;
  }

  /** A text about what was not played; empty when nothing was left out. */
  public String leftOut() {
    return notPlayed.toString();
  }

  private void write(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }
}
