package dev.sallyport.model;

/**
 * The result of parsing a text.
 *
 * @param <T> the type of the value
 */
public sealed interface Parsed<T> {
  /** The text is valid. */
  record Valid<T>(T value) implements Parsed<T> {}

  /**
   * The text is malformed.
   *
   * @param reason continues a sentence that begins with the text, and says what to write instead if
   *     possible; parts of the text itself are escaped
   */
  record Malformed<T>(String reason) implements Parsed<T> {
    /** The same reason, for another type. */
    public <U> Malformed<U> as() {
      return new Malformed<>(reason);
    }
  }
}
