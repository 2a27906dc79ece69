package dev.sallyport.behaviour;

import dev.sallyport.transport.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** A private instance: Debian's sshd on loopback, which the current user may log in to. */
final class OpenSshd implements AutoCloseable {
  private final Command sshd;
  private final int port;
  private final Path identity;

  /**
   * @param more lines of sshd_config(5)
   */
  OpenSshd(Path directory, String... more) throws IOException {
    Files.createDirectories(directory);
    port = FreePort.next();
    identity = OpenSsh.makeKey(directory.resolve("bastion-to-private"), "-t", "ed25519");
    Path hostKey = OpenSsh.makeKey(directory.resolve("host"), "-t", "ed25519");
    Path config = directory.resolve("sshd_config");
    Files.writeString(
        config,
        """
        ListenAddress 127.0.0.1:%d
        HostKey %s
        AuthorizedKeysFile %s.pub
        StrictModes no
        PermitRootLogin yes
        PidFile none
        Subsystem sftp internal-sftp
        Subsystem files internal-sftp
        """
                .formatted(port, hostKey, identity)
            + String.join("\n", more)
            + "\n");
    // Debian makes this folder when the service starts; here it does not run as one.
    if (user().equals("root")) {
      Files.createDirectories(Path.of("/run/sshd"));
    }
    sshd = Command.start(List.of("/usr/sbin/sshd", "-D", "-e", "-f", config.toString()));
    sshd.awaitErrors("Server listening");
  }

  int port() {
    return port;
  }

  Path identity() {
    return identity;
  }

  String user() {
    return System.getProperty("user.name");
  }

  /** The bastion's key to it, as the credential {@code private}. */
  String credential() {
    return "credentials { private = { type = key, file = \"%s\" } }".formatted(identity);
  }

  /**
   * A rule that lets alice go there and demands a record.
   *
   * @param more terms, such as {@code inner = [forward]}
   */
  String recordedRule(String more) {
    return """
    { name = recorded, users = [alice], to = ["127.0.0.1:%d"], record = session
      logins = ["%s"], credential = private
      %s }
    """
        .formatted(port, user(), more);
  }

  /** As a host of ssh's configuration: the key to it is the bastion's alone. */
  String[] behindBastion(String... more) {
    return Stream.concat(
            Stream.of(
                "HostName 127.0.0.1",
                "Port " + port,
                "User " + user(),
                "IdentityFile none",
                "ProxyJump bastion"),
            Stream.of(more))
        .toArray(String[]::new);
  }

  /** Lets another key in, besides its own. */
  void authorize(Path key) throws IOException {
    Files.writeString(
        Path.of(identity + ".pub"),
        Files.readString(Path.of(key + ".pub")),
        StandardOpenOption.APPEND);
  }

  /** What it said so far. */
  String log() {
    return sshd.errors();
  }

  /** Ends all connections, as if the machine started again: it listens, and knows nobody. */
  void dropConnections() {
    sshd.killDescendants();
  }

  @Override
  public void close() {
    sshd.close();
  }
}
