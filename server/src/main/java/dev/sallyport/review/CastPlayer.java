package dev.sallyport.review;

import dev.sallyport.recording.CastText;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * Plays what a terminal was sent to another terminal: everything that draws, at its time. What
 * would do more than draw is left out ({@link DrawingFilter}), because the user who was recorded
 * chose these bytes. For one thread.
 */
public final class CastPlayer {
  /**
   * What a session may leave behind that would hinder whoever plays it, of that which the filter
   * lets through: colours, another character set, origin mode, scrolling region, insert mode,
   * reverse video, a picture that is held back, full screen, no wrap, hidden cursor, the cursor's
   * shape (as xterm documents them).
   */
  private static final String RESTORE =
      "\u001b[0m\u000f\u001b(B\u001b[?6l\u001b[r\u001b[4l\u001b[?5l\u001b[?2026l\u001b[?1049l"
          + "\u001b[?7h\u001b[?25h\u001b[0 q\r\n";

  /** Waits for a moment. */
  @FunctionalInterface
  public interface Pace {
    /** Returns when so much time has passed since playing began. */
    void until(Duration sinceBegin) throws InterruptedException;
  }

  private final DrawingFilter drawing = new DrawingFilter();
  private final OutputStream out;
  private final double speed;
  private final Duration idleLimit;
  private final Pace pace;

  /**
   * @param out flushed after each event
   * @param speed how many times as fast; above 0
   * @param idleLimit a longer pause becomes this long, before {@code speed} shortens it
   */
  public CastPlayer(OutputStream out, double speed, Duration idleLimit, Pace pace) {
    this.out = out;
    this.speed = speed;
    this.idleLimit = idleLimit;
    this.pace = pace;
  }

  /** Plays to the end, or until interrupted, and leaves the terminal usable either way. */
  public void play(CastReader cast) throws IOException, InterruptedException {
    Duration last = Duration.ZERO;
    Duration due = Duration.ZERO;
    resize(cast.columns(), cast.rows());
    try {
      Optional<CastEvent> next = cast.next();
      while (next.isPresent()) {
        CastEvent event = next.get();
        Duration pause = event.at().minus(last);
        last = event.at();
        if (pause.isPositive()) {
          due = due.plus(pause.compareTo(idleLimit) > 0 ? idleLimit : pause);
        }
        show(event, Duration.ofNanos((long) (due.toNanos() / speed)));
        next = cast.next();
      }
    } finally {
      write(RESTORE);
    }
  }

  private void show(CastEvent event, Duration when) throws IOException, InterruptedException {
    switch (event) {
      case CastEvent.Output(Duration _, String text) -> {
        pace.until(when);
        out.write(CastText.bytes(drawing.filter(text)));
        out.flush();
      }
      case CastEvent.Resize(Duration _, int columns, int rows) -> {
        pace.until(when);
        resize(columns, rows);
      }
      case CastEvent.Input _, CastEvent.Other _ -> {}
    }
  }

  /** Asks the terminal for the same size (xterm's window operation 8); those that do not, stay. */
  private void resize(int columns, int rows) throws IOException {
    write("\u001b[8;" + rows + ";" + columns + "t");
  }

  private void write(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }
}
