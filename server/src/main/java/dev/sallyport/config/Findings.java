package dev.sallyport.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What was found while a file was read: its errors, and the keys that were asked for. */
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

  /** Something that the file leaves to a source outside, which did not tell. */
  void unanswered(int line, String key, String message) {
    errors.add(new ConfigurationError(file, line, key, message, ConfigurationError.Cure.OUTSIDE));
  }

  /** Something that is right, and hardly what was meant. */
  void warning(int line, String key, String message) {
    warnings.add(new ConfigurationError(file, line, key, message, ConfigurationError.Cure.IN_FILE));
  }

  /** Notes that a key has a meaning; elements of lists count as {@code []}. */
  void key(String path) {
    keys.add(path.replaceAll("\\[[0-9]+]", "[]"));
  }

  /** In the order of their lines. */
  List<ConfigurationError> errors() {
    return inOrder(errors);
  }

  /** What is no error, in the same order. */
  List<ConfigurationError> warnings() {
    return inOrder(warnings);
  }

  private static List<ConfigurationError> inOrder(List<ConfigurationError> found) {
    return found.stream().sorted(Comparator.comparingInt(ConfigurationError::line)).toList();
  }

  /** All keys that have a meaning, as far as the file led to them. */
  Set<String> keys() {
    return keys;
  }
}
