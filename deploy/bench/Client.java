import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The stock {@code ssh}, with nobody's configuration but what is said here. */
final class Client {
  private static final long PATIENCE_SECONDS = 30;

  private final Workplace workplace;

  Client(Workplace workplace) {
    this.workplace = workplace;
  }

  /** What users log in with. */
  Path key() {
    return workplace.file("client");
  }

  /** The same key for who types ssh on a bastion. */
  Path hopKey() {
    return workplace.hopKey();
  }

  /**
   * How a process logs in to the server; it reads nothing and writes to nowhere.
   *
   * @param more further options of ssh, which win over ours
   */
  ProcessBuilder ssh(Server server, String... more) {
    return quiet(sshAs(server.nextUser(), server, more));
  }

  /** The words of an ssh that logs in to the server as this user; a command may follow. */
  List<String> sshAs(String user, Server server, String... more) {
    List<String> command = words(key(), more);
    command.addAll(
        List.of("-p", Integer.toString(server.port()), user + "@" + Server.PLAIN_ADDRESS));
    return command;
  }

  /**
   * An ssh without its destination; none of the words has a blank in it.
   *
   * @param more further options, which win over ours
   */
  List<String> words(Path key, String... more) {
    List<String> words = new ArrayList<>(List.of("ssh", "-F", "none"));
    words.addAll(List.of(more));
    words.addAll(List.of("-i", key.toString()));
    for (String option :
        List.of(
            "BatchMode=yes",
            "IdentitiesOnly=yes",
            "StrictHostKeyChecking=no",
            "UserKnownHostsFile=/dev/null",
            "GlobalKnownHostsFile=/dev/null",
            "ConnectTimeout=30",
            "LogLevel=ERROR")) {
      words.addAll(List.of("-o", option));
    }
    return words;
  }

  /** A process that reads nothing, writes to nowhere, and asks no agent. */
  static ProcessBuilder quiet(List<String> command) {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().remove("SSH_AUTH_SOCK");
    return builder;
  }

  /** Starts what {@link #ssh} made. */
  Process start(ProcessBuilder ssh) throws IOException {
    return workplace.start(ssh);
  }

  /** Waits for an ssh that should end well by now. */
  static void awaitSuccess(Process ssh, Server server) throws IOException, InterruptedException {
    if (!ssh.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw failure(ssh, server, "ssh did not end");
    }
    if (ssh.exitValue() != 0) {
      throw failure(ssh, server, "ssh ended with " + ssh.exitValue());
    }
  }

  /** What both sides say about it; ends the ssh. */
  static IOException failure(Process ssh, Server server, String what) throws IOException {
    // Not Process.destroyForcibly, which closes the stream that is to be read.
    ssh.toHandle().destroyForcibly();
    String said = new String(ssh.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return new IOException(
        what + " (" + server.name() + ")\n" + said + "Its log ends with:\n" + server.logTail());
  }
}
