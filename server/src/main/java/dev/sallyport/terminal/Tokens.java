package dev.sallyport.terminal;

/** Receives the parts of a terminal's output from a {@link Tokenizer}, in their order. */
public interface Tokens {
  /** A graphic character. */
  void print(int codePoint);

  /** A control character of C0, or DEL. It may occur in the middle of a control function. */
  void control(int c);

  /**
   * An escape sequence, or a C1 control in either form (ECMA-48, section 5.3).
   *
   * @param intermediates bytes 0x20 to 0x2f, often none
   * @param end the final byte
   */
  void escape(String intermediates, int end);

  /** A control sequence (ECMA-48, section 5.4). */
  void sequence(ControlSequence sequence);

  /** A complete control string (ECMA-48, section 5.6). */
  void string(ControlString string);
}
