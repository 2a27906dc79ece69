package dev.sallyport.config;

import dev.sallyport.model.SafeText;
import java.nio.file.Path;

/**
 * An error in a configuration.
 *
 * @param file the file
 * @param line in the file, from 1; 0 when it concerns the whole file
 * @param key the full path, such as {@code sallyport.rules[0].to[1]}; empty when there is none
 * @param message what is wrong and, if it helps, what to write; one line, escaped
 * @param cure where it can be corrected
 */
public record ConfigurationError(Path file, int line, String key, String message, Cure cure) {
  /** Where an error can be corrected. */
  public enum Cure {
    /** In the file: a retry does not help. */
    IN_FILE,
    /** At an external source that did not answer, and may answer a retry. */
    OUTSIDE
  }

  private static final int SHOWN = 1000;

  /** {@code file:line: key: message}, safe to show on a terminal. */
  @Override
  public String toString() {
    return SafeText.escape(place(), SHOWN) + ": " + message;
  }

  /** {@code file:line: key}; not escaped. */
  String place() {
    return file + (line > 0 ? ":" + line : "") + (key.isEmpty() ? "" : ": " + key);
  }
}
