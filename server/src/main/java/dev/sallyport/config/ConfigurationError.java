package dev.sallyport.config;

import dev.sallyport.model.SafeText;
import java.nio.file.Path;

/**
 * One thing that is wrong with a configuration.
 *
 * @param file the file
 * @param line where in it, from 1; 0 when it is about the file as a whole
 * @param key the whole path, such as {@code sallyport.rules[0].to[1]}; empty when there is none
 * @param message what is wrong, and where it helps what to write; one line, escaped
 * @param cure where it can be mended
 */
public record ConfigurationError(Path file, int line, String key, String message, Cure cure) {
  /** Where something can be mended. */
  public enum Cure {
    /** In the file: trying again changes nothing. */
    IN_FILE,
    /** With a source that did not answer, and may the next time. */
    OUTSIDE
  }

  private static final int SHOWN = 1000;

  /** {@code file:line: key: message}, fit for a terminal. */
  @Override
  public String toString() {
    return SafeText.escape(place(), SHOWN) + ": " + message;
  }

  /** {@code file:line: key}; not escaped. */
  String place() {
    return file + (line > 0 ? ":" + line : "") + (key.isEmpty() ? "" : ": " + key);
  }
}
