package dev.sallyport.gateway.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.sallyport.audit.Condition;
import dev.sallyport.transport.FreePort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A target: Debian's sshd on loopback, which the current user may log in to. What it logs is
 * gathered in a file.
 */
final class TestSshd implements AutoCloseable {
  private final Path log;
  private final Path authorizedKeys;
  private final int port;
  private final Process process;

  /**
   * @param hostKey a private key's file
   * @param lines of sshd_config(5); the first line about a thing counts
   */
  TestSshd(Path directory, Path hostKey, String... lines) throws IOException {
    this(directory, FreePort.next(), hostKey, lines);
  }

  TestSshd(Path directory, int port, Path hostKey, String... lines) throws IOException {
    this.port = port;
    Path folder = Files.createTempDirectory(directory, "sshd");
    log = folder.resolve("log");
    authorizedKeys = folder.resolve("authorized_keys");
    Files.writeString(authorizedKeys, "");
    Path config = folder.resolve("sshd_config");
    Files.writeString(
        config,
        String.join("\n", lines)
            + """

            ListenAddress 127.0.0.1:%d
            HostKey %s
            AuthorizedKeysFile %s
            StrictModes no
            PermitRootLogin yes
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            UsePAM no
            PidFile none
            LogLevel VERBOSE
            """
                .formatted(port, hostKey, authorizedKeys));
    if (user().equals("root")) {
      // Debian makes this folder when the service starts; here it does not run as one.
      Files.createDirectories(Path.of("/run/sshd"));
    }
    process =
        new ProcessBuilder("/usr/sbin/sshd", "-D", "-e", "-f", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    awaitLog("Server listening");
  }

  static String user() {
    return System.getProperty("user.name");
  }

  int port() {
    return port;
  }

  void authorize(String publicLine) throws IOException {
    Files.writeString(authorizedKeys, Files.readString(authorizedKeys) + publicLine.strip() + "\n");
  }

  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return fail(e);
    }
  }

  void awaitLog(String text) {
    Condition.await(
        "sshd logs " + text,
        () -> {
          if (!process.isAlive() && !log().contains(text)) {
            fail("sshd ended: %s", log());
          }
          return log().contains(text);
        });
  }

  /** Stops, as if the machine hung, the processes that serve connections. */
  void freeze() throws Exception {
    for (ProcessHandle child : process.descendants().toList()) {
      run("kill", "-STOP", Long.toString(child.pid()));
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.onExit().join();
  }

  /** A key made by ssh-keygen, its public half beside it. */
  static Path makeKey(Path file, String... options) {
    List<String> words = new ArrayList<>(List.of("ssh-keygen", "-q", "-f", file.toString()));
    words.addAll(List.of(options));
    if (!words.contains("-N")) {
      words.addAll(List.of("-N", ""));
    }
    run(words.toArray(String[]::new));
    return file;
  }

  static String publicLine(Path key) throws IOException {
    return Files.readString(Path.of(key + ".pub"));
  }

  /** Runs a program to its end, which must be a good one; its output. */
  static String run(String... words) {
    try {
      Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(List.of(words) + ": " + output).isZero();
      return output;
    } catch (IOException e) {
      return fail("%s is missing on this machine: make test installs it", words[0], e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return fail(e);
    }
  }
}
