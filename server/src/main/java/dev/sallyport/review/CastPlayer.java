package dev.sallyport.review;

import dev.sallyport.recording.CastText;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * Plays what a terminal was sent to another terminal, byte by byte as it was: nothing is escaped,
 * because it is the terminal's own language. The user who was recorded chose these bytes, so play
 * only to a terminal that may be drawn on, and read the text export where that matters. For one
 * thread.
 */
public final class CastPlayer {
  /**
   * What a session may leave behind that would hinder whoever plays it: colours, another character
   * set, hidden cursor, full screen, scrolling region, mouse and focus reports, bracketed paste (as
   * xterm documents them).
   */
  private static final String RESTORE =
      "\u001b[0m\u001b(B\u001b[r\u001b[?1000l\u001b[?1002l\u001b[?1003l\u001b[?1004l\u001b[?1006l"
          + "\u001b[?2004l\u001b[?1049l\u001b[?1l\u001b>\u001b[?7h\u001b[?25h\r\n";

  /** Waits for a moment. */
  @FunctionalInterface
  public interface Pace {
    /** Returns when so much time has passed since playing began. */
    void until(Duration sinceBegin) throws InterruptedException;
  }

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
        out.write(CastText.bytes(text));
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
