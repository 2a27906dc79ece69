package dev.sallyport.support.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/** Which system user this process runs as. */
public final class ProcessUser {
  private static final Path STATUS = Path.of("/proc/self/status");

  private ProcessUser() {}

  /** The effective user's number (proc(5): real, effective, saved, file system), if it shows. */
  public static OptionalInt number() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith("Uid:")) {
          return OptionalInt.of(Integer.parseUnsignedInt(line.split("\\s+")[2]));
        }
      }
      return OptionalInt.empty();
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException noSuchFile) {
      return OptionalInt.empty();
    }
  }
}
