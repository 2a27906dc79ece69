package dev.sallyport.support.files;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The path of a file in a configuration: absolute, and written in one way only. */
public final class FilePath {
  private FilePath() {}

  /** Reads one, or tells what is wrong with it. */
  public static Optional<Path> parse(String text, Consumer<String> fault) {
    Optional<String> wrong = whatIsWrong(text);
    if (wrong.isPresent()) {
      fault.accept(wrong.get());
      return Optional.empty();
    }
    try {
      return Optional.of(Path.of(text));
    } catch (InvalidPathException unmappable) {
      fault.accept(
          "has a character in it that no file can be named with where Sallyport runs: write it in"
              + " ASCII, or set LC_ALL=C.UTF-8");
      return Optional.empty();
    }
  }

  private static Optional<String> whatIsWrong(String text) {
    if (!text.startsWith("/")) {
      return Optional.of("must be absolute");
    }
    if (text.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      return Optional.of("must not have control characters in it");
    }
    if (List.of(text.substring(1).split("/", -1)).stream()
        .anyMatch(name -> name.isEmpty() || name.equals(".") || name.equals(".."))) {
      return Optional.of("must end with the name of a file, without '.', '..' and '//' before it");
    }
    return Optional.empty();
  }
}
