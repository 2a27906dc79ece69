package dev.sallyport.plugins.ldap;

import dev.sallyport.support.files.TrustedPaths;
import dev.sallyport.support.files.UnusableFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * A password in the first line of a file that only its owner, and a group, can read. Read anew for
 * each connection, so that a new password needs no restart.
 */
final class Secret {
  /** Longest file: anything longer is no password. */
  private static final int LONGEST = 4096;

  private static final Set<PosixFilePermission> OTHERS =
      Set.of(
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE,
          PosixFilePermission.OTHERS_EXECUTE);

  private final Path file;
  private final TrustedPaths paths;

  Secret(Path file, TrustedPaths paths) {
    this.file = file;
    this.paths = paths;
  }

  /**
   * The password.
   *
   * @throws UnreadyException when the file is not there or not safe, with nothing of what is in it
   */
  String read() throws UnreadyException {
    try {
      return firstLine(paths.file(file));
    } catch (UnusableFileException e) {
      throw new UnreadyException(String.valueOf(e.getMessage()));
    }
  }

  private String firstLine(Path real) throws UnreadyException {
    try {
      for (PosixFilePermission permission : Files.getPosixFilePermissions(real)) {
        if (OTHERS.contains(permission)) {
          throw new UnreadyException(file + " can be read by everybody (chmod o-rwx)");
        }
      }
      if (Files.size(real) > LONGEST) {
        throw new UnreadyException(file + " is too long for a password");
      }
      String first =
          new String(Files.readAllBytes(real), StandardCharsets.UTF_8)
              .lines()
              .findFirst()
              .orElse("");
      if (first.isEmpty()) {
        // A bind without a password is an anonymous one, and succeeds (RFC 4513, section 5.1.2).
        throw new UnreadyException(file + " has no password in its first line");
      }
      return first;
    } catch (IOException unreadable) {
      throw new UnreadyException(file + " cannot be read");
    }
  }
}
