package dev.sallyport.operations;

import dev.sallyport.config.Configuration;
import dev.sallyport.config.ConfigurationError;
import dev.sallyport.model.SafeText;
import dev.sallyport.support.files.PrivateFiles;
import dev.sallyport.support.linux.ProcessUser;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Whether nobody but the server can change its state folder and what is right in it: host keys,
 * CAs, known hosts, audit log, recordings. Whoever could would be let in, or be forgotten. As
 * OpenSSH's StrictModes (sshd_config(5)) and its {@code safe_path}, of the folder itself: what is
 * above it may be anybody's, because whose this one is tells whether it was exchanged.
 */
public final class StrictModes {
  /** From inode(7): the bits by which group and others may write. */
  private static final int OTHERS_WRITE = 0022;

  private static final int PERMISSIONS = 07777;
  private static final int ROOT = 0;
  private static final int SHOWN = 1000;

  private final int server;
  private final List<String> faults = new ArrayList<>();

  private StrictModes(int server) {
    this.server = server;
  }

  /** What a server that this process is would refuse to start with; empty when all is well. */
  public static List<ConfigurationError> ofServer(Configuration configuration) throws IOException {
    return errors(configuration, faults(configuration.stateDir(), processUser()));
  }

  /** What a server would refuse to start with that runs as the folder's owner. */
  public static List<ConfigurationError> ofOwner(Configuration configuration) throws IOException {
    Path stateDir = configuration.stateDir();
    return Files.exists(stateDir)
        ? errors(configuration, faults(stateDir, owner(stateDir)))
        : List.of();
  }

  /** What {@link #ofOwner} does not say to another user, who may mean to run the server. */
  public static Optional<String> ofAnother(Path stateDir) throws IOException {
    int self = processUser();
    if (self == ROOT || !Files.exists(stateDir)) {
      return Optional.empty();
    }
    int owner = owner(stateDir);
    return owner == self || owner == ROOT
        ? Optional.empty()
        : Optional.of(
            "%s belongs to the user with number %d, so only a server that runs as that user starts"
                .formatted(SafeText.escape(stateDir.toString(), SHOWN), owner));
  }

  private static List<ConfigurationError> errors(Configuration configuration, List<String> faults) {
    return faults.stream()
        .map(fault ->
            new ConfigurationError(
                configuration.file(),
                0,
                "sallyport.state-dir",
                fault,
                ConfigurationError.Cure.IN_FILE))
        .toList();
  }

  /**
   * Looks at the folder, and if all is well with it at what is right in it; links are followed,
   * because a folder may be on another disk. Nothing is wrong with a folder that is not there yet.
   *
   * @param server the number of the user that the server runs as
   * @return sentences about a path each, with what to do; escaped
   */
  static List<String> faults(Path stateDir, int server) throws IOException {
    StrictModes modes = new StrictModes(server);
    modes.judge(stateDir);
    if (modes.faults.isEmpty() && Files.isDirectory(stateDir)) {
      try {
        for (Path path : PrivateFiles.list(stateDir)) {
          // The public half of a key is for everybody, and read by nobody here.
          if (!path.toString().endsWith(".pub")) {
            modes.judge(path);
          }
        }
      } catch (AccessDeniedException notOurs) {
        // Then this is not the server's user, who looks again when it starts.
      }
    }
    return modes.faults;
  }

  private void judge(Path path) throws IOException {
    Map<String, Object> read;
    try {
      read = Files.readAttributes(path, "unix:mode,uid");
    } catch (NoSuchFileException | AccessDeniedException nothingToJudge) {
      return;
    }
    String shown = SafeText.escape(path.toString(), SHOWN);
    int mode = (Integer) Objects.requireNonNull(read.get("mode")) & PERMISSIONS;
    int owner = (Integer) Objects.requireNonNull(read.get("uid"));
    if ((mode & OTHERS_WRITE) != 0) {
      faults.add(
          "%s can be changed by others than its owner (mode %04o): run chmod go-w %s"
              .formatted(shown, mode, shown));
    }
    if (owner != server && owner != ROOT) {
      faults.add(
          "%s belongs to the user with number %d, and the server runs as %d: run chown -R -H %d %s"
              .formatted(shown, owner, server, server, shown));
    }
  }

  private static int owner(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:uid");
  }

  public static int processUser() throws IOException {
    return ProcessUser.number()
        .orElseThrow(() -> new IOException("the system does not say which user this process is"));
  }
}
