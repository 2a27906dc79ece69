package dev.sallyport.config;

import java.nio.file.Path;
import java.util.List;

/** What a configuration file says of {@code state-dir}, whatever else is wrong with it. */
public sealed interface StateDir {
  /** It says this, or nothing, which is the default. */
  record Found(Path path) implements StateDir {}

  /**
   * It cannot be read at all, or what it says is no folder.
   *
   * @param errors at least one
   */
  record Unreadable(List<ConfigurationError> errors) implements StateDir {
    public Unreadable {
      errors = List.copyOf(errors);
    }
  }

  /** Reads the file. */
  static StateDir of(Path file) {
    return ConfigurationLoader.stateDir(file);
  }
}
