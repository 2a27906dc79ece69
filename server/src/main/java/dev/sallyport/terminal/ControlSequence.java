package dev.sallyport.terminal;

/**
 * A control sequence (ECMA-48, section 5.4).
 *
 * @param prefix a private parameter prefix, one of {@code < = > ?}; empty when there is none
 * @param parameters digits, semicolons and colons; other bytes only in a malformed sequence
 * @param intermediates bytes 0x20 to 0x2f and, in a malformed sequence, the bytes that follow
 * @param end the final byte
 */
public record ControlSequence(String prefix, String parameters, String intermediates, char end) {
  /** Larger values have the same effect, because no screen is larger. */
  private static final int LARGEST_PARAMETER = 100_000;

  static ControlSequence parse(CharSequence text, char end) {
    int from = !text.isEmpty() && text.charAt(0) >= '<' && text.charAt(0) <= '?' ? 1 : 0;
    int to = from;
    while (to < text.length() && text.charAt(to) >= '0') {
      to++;
    }
    return new ControlSequence(
        text.subSequence(0, from).toString(),
        text.subSequence(from, to).toString(),
        text.subSequence(to, text.length()).toString(),
        end);
  }

  /** Whether it has neither prefix nor intermediate bytes. */
  public boolean isPlain() {
    return prefix.isEmpty() && intermediates.isEmpty();
  }

  /**
   * A parameter's value; 0 when it is missing, empty or not a number.
   *
   * @param index from 0
   */
  public int parameter(int index) {
    int at = 0;
    for (int i = 0; i < index; i++) {
      at = parameters.indexOf(';', at) + 1;
      if (at == 0) {
        return 0;
      }
    }
    int value = 0;
    while (at < parameters.length() && Character.isDigit(parameters.charAt(at))) {
      value = Math.min(LARGEST_PARAMETER, value * 10 + parameters.charAt(at++) - '0');
    }
    return value;
  }

  /** The first parameter, where a missing one and 0 mean 1. */
  public int count() {
    return Math.max(1, parameter(0));
  }

  /** The sequence as sent, without the introducer. */
  @Override
  public String toString() {
    return prefix + parameters + intermediates + end;
  }
}
