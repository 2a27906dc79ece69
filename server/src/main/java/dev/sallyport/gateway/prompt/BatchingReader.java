package dev.sallyport.gateway.prompt;

import java.io.IOException;
import org.jline.reader.impl.LineReaderImpl;

/**
 * Draws the line once for all keys that arrived together. The time to draw grows with the line, and
 * the output may be many times the input, so a flood of keys would keep a processor busy. It also
 * makes pasting fast.
 */
final class BatchingReader extends LineReaderImpl {
  private final ClientInput input;
  private boolean skipped;

  BatchingReader(EditorTerminal terminal, ClientInput input) throws IOException {
    super(terminal, "sallyport");
    this.input = input;
    terminal.keys().beforeWaiting(this::drawWhatWasSkipped);
  }

  @Override
  protected void redisplay(boolean flush) {
    // A finished line is drawn now, because nothing draws it later.
    skipped = state == State.NORMAL && input.available() > 0;
    if (!skipped) {
      super.redisplay(flush);
    }
  }

  /** Draws the line if the last input was no key, for which the editor draws nothing. */
  private void drawWhatWasSkipped() {
    if (skipped) {
      redisplay(true);
    }
  }
}
