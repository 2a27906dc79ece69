package dev.sallyport.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The errors and the known keys that were found while a file was parsed. */
final class Findings {
  private final Path file;
  private final List<ConfigurationError> errors = new ArrayList<>();
  private final List<ConfigurationError> warnings = new ArrayList<>();
  private final Set<String> keys = new TreeSet<>();

  Findings(Path file) {
    this.file = file;
  }

  void error(int line, String key, String message) {
    errors.add(new ConfigurationError(file, line, key, message, ConfigurationError.Cure.IN_FILE));
  }

  /** Adds an error about an external source that did not answer. */
  void unanswered(int line, String key, String message) {
    errors.add(new ConfigurationError(file, line, key, message, ConfigurationError.Cure.OUTSIDE));
  }

  /** Adds a warning about a setting that is valid but probably a mistake. */
  void warning(int line, String key, String message) {
    warnings.add(new ConfigurationError(file, line, key, message, ConfigurationError.Cure.IN_FILE));
  }

  /** Adds a known key; elements of lists count as {@code []}. */
  void key(String path) {
    keys.add(path.replaceAll("\\[[0-9]+]", "[]"));
  }

  /** The errors, in the order of their lines. */
  List<ConfigurationError> errors() {
    return inOrder(errors);
  }

  /** The warnings, in the same order. */
  List<ConfigurationError> warnings() {
    return inOrder(warnings);
  }

  private static List<ConfigurationError> inOrder(List<ConfigurationError> found) {
    return found.stream().sorted(Comparator.comparingInt(ConfigurationError::line)).toList();
  }

  /** All known keys that were met in this file. */
  Set<String> keys() {
    return keys;
  }
}
