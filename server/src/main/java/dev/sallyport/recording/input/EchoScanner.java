package dev.sallyport.recording.input;

import dev.sallyport.terminal.ControlSequence;
import dev.sallyport.terminal.ControlString;
import dev.sallyport.terminal.Tokenizer;
import dev.sallyport.terminal.Tokens;
import java.util.Set;

/**
 * Classifies the bytes of a terminal's output: text, colours, and other sequences. Not for several
 * threads at once.
 */
final class EchoScanner implements Tokens {
  private static final int BEL = 0x07;

  /** xterm's bracketed paste mode, which readline turns off at Enter. */
  private static final Set<String> BRACKETED_PASTE = Set.of("?2004l", "?2004h");

  private static final Set<String> ERASE_TO_END = Set.of("K", "0K");

  private final Tokenizer tokenizer = Tokenizer.ofBytes(this);
  private Meaning meaning = Meaning.NOTHING;

  /** The meaning of a byte of output. */
  enum Meaning {
    /** Part of a sequence that shows no text and does not move the cursor. */
    NOTHING,
    /** A byte of text. */
    BYTE,
    /** A sequence that erases to the end of the line. */
    ERASE,
    /** A sequence that moves the cursor, or an unknown one. */
    OTHER
  }

  /** The last byte of a control function has its meaning; the bytes before it mean nothing. */
  Meaning scan(byte b) {
    meaning = Meaning.NOTHING;
    tokenizer.accept(b & 0xff);
    return meaning;
  }

  /** A byte may end an unknown sequence and begin another. */
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
