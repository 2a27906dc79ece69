package dev.sallyport.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder of the server's state, for commands that are run beside it. */
final class StateDir {
  private StateDir() {}

  /**
   * Whether it belongs to whoever runs this. Only then a key may be made in it: the server could
   * not read another user's.
   */
  static boolean isOurs(Path stateDir) throws IOException {
    return Files.isDirectory(stateDir)
        && Files.getOwner(stateDir).getName().equals(System.getProperty("user.name"));
  }
}
