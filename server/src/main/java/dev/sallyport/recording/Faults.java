package dev.sallyport.recording;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Objects;

/** Describes an I/O fault. The JDK's message for a file is often only its path. */
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
