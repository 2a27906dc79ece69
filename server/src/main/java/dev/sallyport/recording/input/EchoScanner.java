package dev.sallyport.recording.input;

import dev.sallyport.terminal.ControlSequence;
import dev.sallyport.terminal.ControlString;
import dev.sallyport.terminal.Tokenizer;
import dev.sallyport.terminal.Tokens;
import java.util.Set;

/**
 * Classifies the bytes of a terminal's output: which are text, and which only colour it. Not for
 * several threads at once.
 */
final class EchoScanner implements Tokens {
  private static final int BEL = 0x07;

  /** xterm's bracketed paste mode, which readline turns off at Enter. */
  private static final Set<String> BRACKETED_PASTE = Set.of("?2004l", "?2004h");

  private static final Set<String> ERASE_TO_END = Set.of("K", "0K");

  private final Tokenizer tokenizer = Tokenizer.ofBytes(this);
  private Meaning meaning = Meaning.NOTHING;

  /** What a byte of output is. */
  enum Meaning {
    /** Part of something that shows no text and moves nothing. */
    NOTHING,
    /** A byte to be compared. */
    BYTE,
    /** A sequence that erases to the end of the line. */
    ERASE,
    /** A sequence that moves the cursor, or that is not known here. */
    OTHER
  }

  /** Of a control function, the byte that ends it has its meaning, and all before it have none. */
  Meaning scan(byte b) {
    meaning = Meaning.NOTHING;
    tokenizer.accept(b & 0xff);
    return meaning;
  }

  /** A byte may end one thing that is not known here and begin another. */
  private void means(Meaning one) {
    meaning = meaning == Meaning.OTHER ? meaning : one;
  }

  @Override
  public void print(int b) {
    means(Meaning.BYTE);
  }

  @Override
  public void control(int c) {
    means(c == BEL ? Meaning.NOTHING : Meaning.BYTE);
  }

  @Override
  public void escape(String intermediates, int end) {
    means(Meaning.OTHER);
  }

  @Override
  public void sequence(ControlSequence sequence) {
    String text = sequence.toString();
    boolean isColour = sequence.isPlain() && sequence.end() == 'm'; // ECMA-48 SGR
    if (ERASE_TO_END.contains(text)) {
      means(Meaning.ERASE);
    } else {
      means(isColour || BRACKETED_PASTE.contains(text) ? Meaning.NOTHING : Meaning.OTHER);
    }
  }

  @Override
  public void string(ControlString string) {
    means(Meaning.OTHER);
  }
}
