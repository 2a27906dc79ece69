package dev.sallyport.config;

import java.nio.file.Path;
import java.util.List;

/** The {@code state-dir} of a configuration file, whatever other errors the file has. */
public sealed interface StateDir {
  /** The value, or the default if the key is missing. */
  record Found(Path path) implements StateDir {}

  /**
   * The file cannot be parsed, or the value is no valid path.
   *
   * @param errors at least one
   */
  record Unreadable(List<ConfigurationError> errors) implements StateDir {
    public Unreadable {
      errors = List.copyOf(errors);
    }
  }
}
