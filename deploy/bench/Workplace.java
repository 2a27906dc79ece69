import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A folder of this run with its keys, and the duty to leave nothing behind: no file, no process.
 * Closed by a shutdown hook, so that an interrupt cleans up too.
 */
final class Workplace implements AutoCloseable {
  /**
   * sshd logs in a real account. This one is on every Debian, and an ordinary one, so that sshd
   * separates privileges as it does for a bastion's users.
   */
  static final String USER = "nobody";

  /** Where sshd's unprivileged half is confined (sshd(8), FILES). */
  private static final Path EMPTY = Path.of("/run/sshd");

  private final Path folder;
  private final boolean madeEmpty;
  private boolean closed;

  Workplace() throws IOException, InterruptedException {
    // Not /tmp, which may be memory: the audit log's fsync has to cost what it costs.
    folder = Files.createTempDirectory(Path.of("/var/tmp"), "sallyport-bench-");
    madeEmpty = !Files.exists(EMPTY);
    Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    if (madeEmpty) {
      Files.createDirectory(EMPTY, PosixFilePermissions.asFileAttribute(permissions("rwxr-xr-x")));
    }
    // sshd reads authorized keys with the user's own rights.
    Files.setPosixFilePermissions(folder, permissions("rwx--x--x"));
    Files.createDirectory(folder.resolve("keys"));
    keygen("client");
    keygen("sshd-host");
    letIn(USER);
    for (String user : Server.MANY_USERS) {
      letIn(user);
    }
    Files.copy(folder.resolve("client"), hopKey());
    Files.setPosixFilePermissions(hopKey(), permissions("rw-------"));
    Files.setOwner(
        hopKey(),
        FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(USER));
    Files.writeString(accounts(), withShell(Files.readString(Path.of("/etc/passwd"))));
  }

  /** The user can log in to nowhere on a Debian; sessions need a shell and a home. */
  private static String withShell(String passwd) {
    return passwd.replaceFirst("(?m)^(" + USER + ":x:[0-9]+:[0-9]+:[^:]*):.*$", "$1:/:/bin/sh");
  }

  /** A file in the folder, which need not exist. */
  Path file(String name) {
    return folder.resolve(name);
  }

  /** What both servers read; {@code %u} stands for the user. */
  Path authorizedKeys(String user) {
    return folder.resolve("keys").resolve(user);
  }

  /** The client's key logs in as this user, too. */
  void letIn(String user) throws IOException {
    Files.copy(folder.resolve("client.pub"), authorizedKeys(user));
    Files.setPosixFilePermissions(authorizedKeys(user), permissions("rw-r--r--"));
  }

  /** The user's own on a bastion, where ssh reads it with the user's rights. */
  Path hopKey() {
    return folder.resolve("hop");
  }

  /** What an sshd whose users have shells sees as /etc/passwd. */
  Path accounts() {
    return folder.resolve("passwd");
  }

  /**
   * Starts a process that ends with this run at the latest.
   *
   * @throws IOException also when the run is ending already
   */
  synchronized Process start(ProcessBuilder builder) throws IOException {
    if (closed) {
      throw new IOException("interrupted");
    }
    return builder.start();
  }

  /** Whether the run is ending, and whatever fails now fails because of that. */
  synchronized boolean isClosed() {
    return closed;
  }

  private void keygen(String name) throws IOException, InterruptedException {
    keygen("-q", "-t", "ed25519", "-N", "", "-f", file(name).toString());
  }

  /** Runs ssh-keygen, which makes something in the folder. */
  void keygen(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ssh-keygen"));
    command.addAll(List.of(words));
    Process keygen =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (keygen.waitFor() != 0) {
      throw new IOException("ssh-keygen failed in " + folder + ": " + command);
    }
  }

  private static Set<PosixFilePermission> permissions(String s) {
    return PosixFilePermissions.fromString(s);
  }

  /** Ends every process that this one has started, and what those have started; then the files. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    List<ProcessHandle> processes = ProcessHandle.current().descendants().toList();
    processes.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle process : processes) {
      process.onExit().completeOnTimeout(process, 5, TimeUnit.SECONDS).join();
    }
    try {
      if (Files.exists(folder)) {
        try (Stream<Path> files = Files.walk(folder)) {
          for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(file);
          }
        }
      }
      if (madeEmpty) {
        Files.deleteIfExists(EMPTY);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("could not remove " + folder, e);
    }
  }
}
