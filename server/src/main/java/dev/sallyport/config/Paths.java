package dev.sallyport.config;

import dev.sallyport.model.Parsed;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Paths of files. */
final class Paths {
  private Paths() {}

  static Parsed<Path> absolute(String text) {
    try {
      Path path = Path.of(text);
      return path.isAbsolute()
          ? new Parsed.Valid<>(path)
          : new Parsed.Malformed<>("must be an absolute path: it begins with /");
    } catch (InvalidPathException notAPath) {
      return new Parsed.Malformed<>("is not a path");
    }
  }
}
