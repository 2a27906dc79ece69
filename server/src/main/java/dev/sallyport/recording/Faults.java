package dev.sallyport.recording;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Objects;

/** Says what an I/O fault was: the JDK's own message for a file is often nothing but its path. */
final class Faults {
  private Faults() {}

  static String text(IOException fault) {
    return switch (fault) {
      case FileSystemException precise ->
          precise.getFile()
              + ": "
              + Objects.requireNonNullElse(precise.getReason(), precise.getClass().getSimpleName());
      default -> Objects.requireNonNullElse(fault.getMessage(), fault.getClass().getSimpleName());
    };
  }
}
