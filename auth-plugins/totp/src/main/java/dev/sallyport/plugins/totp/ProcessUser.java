package dev.sallyport.plugins.totp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which system user this process runs as. */
final class ProcessUser {
  private static final Path STATUS = Path.of("/proc/self/status");

  private ProcessUser() {}

  /**
   * The effective user's number (proc(5): real, effective, saved, file system).
   *
   * @throws IOException when the system does not say
   */
  static int number() throws IOException {
    for (String line : Files.readAllLines(STATUS)) {
      if (line.startsWith("Uid:")) {
        return Integer.parseUnsignedInt(line.split("\\s+")[2]);
      }
    }
    throw new IOException(STATUS + " does not say which user Sallyport runs as");
  }
}
