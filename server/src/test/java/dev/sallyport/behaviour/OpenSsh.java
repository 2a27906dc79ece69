package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A user's stock OpenSSH programs, with a configuration and known hosts of their own in a folder,
 * so that nothing of the machine's user comes in.
 */
final class OpenSsh {
  private final Path directory;
  private final List<String> hosts = new ArrayList<>();

  OpenSsh(Path directory) {
    this.directory = directory;
    write();
  }

  /** Names a host for the commands; the lines are of ssh_config(5). */
  OpenSsh host(String name, String... lines) {
    hosts.add("Host " + name + "\n  " + String.join("\n  ", lines) + "\n");
    write();
    return this;
  }

  private void write() {
    String everywhere =
        """
        Host *
          BatchMode yes
          IdentitiesOnly yes
          IdentityAgent none
          StrictHostKeyChecking accept-new
          UserKnownHostsFile %s
          GlobalKnownHostsFile /dev/null
          UpdateHostKeys no
          ConnectTimeout 20
        """
            .formatted(knownHosts());
    try {
      Files.writeString(config(), String.join("", hosts) + everywhere);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path config() {
    return directory.resolve("ssh_config");
  }

  Path knownHosts() {
    return directory.resolve("known_hosts");
  }

  /** Runs {@code ssh} to its end, without input. */
  Command.Ended ssh(String... arguments) {
    return run("ssh", arguments);
  }

  Command.Ended run(String program, String... arguments) {
    return Command.run(words(program, arguments));
  }

  Command.Ended sshIn(Map<String, String> environment, String... arguments) {
    return Command.run(words("ssh", arguments), environment);
  }

  /** Starts {@code ssh}, whose input and output are the caller's. */
  Command start(String... arguments) {
    return Command.start(words("ssh", arguments));
  }

  Command startIn(Map<String, String> environment, String... arguments) {
    return Command.start(words("ssh", arguments), environment, ProcessBuilder.Redirect.PIPE);
  }

  private List<String> words(String program, String... arguments) {
    List<String> words = new ArrayList<>(List.of(program, "-F", config().toString()));
    words.addAll(List.of(arguments));
    return words;
  }

  /** Starts a program and waits until its forwards listen. */
  Command startForwards(String... arguments) {
    List<String> all = new ArrayList<>(List.of("-v", "-N", "-o", "ExitOnForwardFailure=yes"));
    all.addAll(List.of(arguments));
    Command command = start(all.toArray(String[]::new));
    command.awaitErrors("Entering interactive session");
    return command;
  }

  /** A key made by {@code ssh-keygen}; its public half is beside it, with {@code .pub}. */
  static Path makeKey(Path file, String... options) {
    List<String> words =
        new ArrayList<>(List.of("ssh-keygen", "-q", "-N", "", "-f", file.toString()));
    words.addAll(List.of(options));
    Command.Ended made = Command.run(words);
    assertThat(made.exit()).as(made.errors()).isZero();
    return file;
  }

  /** Starts an agent that holds this key. */
  static Command startAgent(Path socket, Path key) {
    Command agent = Command.start(List.of("ssh-agent", "-D", "-a", socket.toString()));
    // Its socket is there a moment before it listens.
    Condition.await(
        "the agent has the key",
        () ->
            Command.run(
                        List.of("ssh-add", "-q", key.toString()),
                        Map.of("SSH_AUTH_SOCK", socket.toString()))
                    .exit()
                == 0);
    return agent;
  }
}
