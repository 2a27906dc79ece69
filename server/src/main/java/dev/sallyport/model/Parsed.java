package dev.sallyport.model;

/**
 * What became of a text that should be a {@code T}.
 *
 * @param <T> what the text should be
 */
public sealed interface Parsed<T> {
  /** The text is one. */
  record Valid<T>(T value) implements Parsed<T> {}

  /**
   * The text is none.
   *
   * @param reason continues a sentence that begins with the text, and where it can says what to
   *     write instead; holds nothing of the text itself that is not escaped
   */
  record Malformed<T>(String reason) implements Parsed<T> {
    /** The same reason, where something else was hoped for. */
    public <U> Malformed<U> as() {
      return new Malformed<>(reason);
    }
  }
}
