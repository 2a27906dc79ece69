package dev.sallyport.gateway.prompt;

import java.io.IOException;
import org.jline.reader.impl.LineReaderImpl;

/**
 * Draws the line once for all keys that have arrived together. Drawing takes time that grows with
 * the line, and output that may be many times the input, so that a flood of keys would keep a
 * processor busy. It also makes pasting quick.
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
    // A line that is done is drawn now: nothing draws it later.
    skipped = state == State.NORMAL && input.available() > 0;
    if (!skipped) {
      super.redisplay(flush);
    }
  }

  /** What came last may have been no key of the editor's, which then draws nothing. */
  private void drawWhatWasSkipped() {
    if (skipped) {
      redisplay(true);
    }
  }
}
