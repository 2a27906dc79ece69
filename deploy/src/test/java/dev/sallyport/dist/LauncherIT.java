package dev.sallyport.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import dev.sallyport.ssh.KeyFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server that {@code bin/sallyport} started: what other programs can do to it, and it to them.
 */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LauncherIT {
  @TempDir Path folder;

  private Process serve() throws IOException {
    return serve(
        write(
            """
            sallyport {
              listen = ["127.0.0.1:0"]
              state-dir = "%1$s/state"
              host-keys = [ed25519]
              stop-timeout = "0 s"
              private-networks = ["10.0.0.0/16"]
              auth.plugins = [ { type = authorized-keys, files = ["%1$s/keys/%%u"] } ]
            }
            """
                .formatted(folder)),
        Map.of());
  }

  private Path write(String configuration) throws IOException {
    return Files.writeString(folder.resolve("sallyport.conf"), configuration);
  }

  private Process serve(Path configuration, Map<String, String> environment) throws IOException {
    ProcessBuilder builder = sallyport("serve", "--config", configuration.toString());
    // Somebody listens to what it says to its service manager, or not: that must not stop it.
    builder.environment().put("NOTIFY_SOCKET", folder.resolve("nobody").toString());
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static ProcessBuilder sallyport(String... words) {
    List<String> command = new ArrayList<>();
    command.add(Distribution.HOME.resolve("bin/sallyport").toString());
    command.addAll(List.of(words));
    return new ProcessBuilder(command).redirectErrorStream(true);
  }

  /** {@code sallyport config check}: what it printed, and its exit code. */
  private static Distribution.Ended check(Path configuration, Map<String, String> environment)
      throws Exception {
    ProcessBuilder builder = sallyport("config", "check", "--config", configuration.toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Distribution.Ended(process.waitFor(), output);
  }

  private void startsAndStops(Path configuration, Map<String, String> environment)
      throws Exception {
    Process server = serve(configuration, environment);
    try (BufferedReader output = server.inputReader(StandardCharsets.UTF_8)) {
      assertThat(awaitListening(output)).anyMatch(line -> line.contains("listening on"));
    } finally {
      server.destroy();
      assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** What {@code make install} writes, but for where it is and the port. */
  @Test
  void theConfigurationThatIsInstalledPassesTheCheckAndStarts() throws Exception {
    Files.createDirectory(folder.resolve("keys"));
    Path configuration =
        write(
            Files.readString(Distribution.HOME.resolve("conf/minimal.conf"))
                .replace("/etc/sallyport", folder.toString())
                .replaceFirst(
                    "(?m)^sallyport \\{",
                    "sallyport {\n listen = [\"127.0.0.1:0\"]\n state-dir = \"%s/state\""
                        .formatted(folder)));
    Distribution.Ended checked = check(configuration, Map.of());
    assertThat(checked.exit()).as(checked.output()).isZero();
    startsAndStops(configuration, Map.of());
  }

  /** As systemd has it: LoadCredential=, with an access list that shows as the group's right. */
  @Test
  void aServerReadsTheCredentialsThatSystemdGivesIt() throws Exception {
    Path credentials = Files.createDirectory(folder.resolve("credentials"));
    Path key = credentials.resolve("host.key");
    KeyPair _ = new KeyFile("key", key).readOrMake(KeyFile::ed25519);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("r--r-----"));
    Path configuration =
        write(
            """
            sallyport {
              listen = ["127.0.0.1:0"]
              state-dir = "%1$s/state"
              host-keys = ["${CREDENTIALS_DIRECTORY}/host.key"]
              stop-timeout = "0 s"
              private-networks = ["10.0.0.0/16"]
              auth.plugins = [ { type = authorized-keys, files = ["%1$s/keys/%%u"] } ]
            }
            """
                .formatted(folder));
    Map<String, String> service = Map.of("CREDENTIALS_DIRECTORY", credentials.toString());
    Distribution.Ended checked = check(configuration, service);
    assertThat(checked.exit()).as(checked.output()).isZero();
    startsAndStops(configuration, service);

    checked = check(configuration, Map.of("CREDENTIALS_DIRECTORY", ""));
    assertThat(checked.exit()).isEqualTo(78);
    assertThat(checked.output()).contains("needs the variable CREDENTIALS_DIRECTORY");
    checked = check(configuration, Map.of("CREDENTIALS_DIRECTORY", folder.toString()));
    assertThat(checked.exit()).isEqualTo(78);
    assertThat(checked.output()).contains("host.key does not exist");
  }

  private static List<String> awaitListening(BufferedReader output) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      lines.add(line);
      // What comes after is said at once.
      if (line.contains("was not notified")) {
        return lines;
      }
    }
    throw new AssertionError(String.join("\n", lines));
  }

  /** A flood of key exchanges does not slow users down. */
  @Test
  void keyExchangesHaveALowPriority() throws Exception {
    Process server = serve();
    try (BufferedReader output = server.inputReader(StandardCharsets.UTF_8)) {
      awaitListening(output);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      List<String> nice = niceOfKeyExchanges(server);
      while (!nice.equals(Collections.nCopies(nice.size(), "10")) || nice.isEmpty()) {
        assertThat(System.nanoTime()).as("nice values: %s", nice).isLessThan(deadline);
        Thread.onSpinWait();
        nice = niceOfKeyExchanges(server);
      }
    } finally {
      server.destroy();
      assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** proc(5), /proc/pid/stat: the value is the 19th, and the 17th behind the name. */
  private static List<String> niceOfKeyExchanges(Process server) throws IOException {
    List<String> values = new ArrayList<>();
    Path tasks = Path.of("/proc", Long.toString(server.pid()), "task");
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        String stat;
        try {
          stat = Files.readString(thread.resolve("stat"));
        } catch (IOException ended) {
          continue;
        }
        if (stat.contains("(public-keys)")) {
          values.add(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]);
        }
      }
    }
    return values;
  }

  @Test
  void noOtherProgramGetsAtTheMemoryOfAServer() throws Exception {
    Process server = serve();
    try (BufferedReader output = server.inputReader(StandardCharsets.UTF_8)) {
      assertThat(awaitListening(output))
          .as("the native call to notify systemd works, from its module")
          .anyMatch(line -> line.contains("listening on"))
          .last()
          .asString()
          .contains("sendto to " + folder + "/nobody failed with errno 2");

      System.setProperty("sun.tools.attach.attachTimeout", "3000");
      assertThatThrownBy(() -> VirtualMachine.attach(Long.toString(server.pid())))
          .isInstanceOf(AttachNotSupportedException.class);
      assertThat(Files.readString(Path.of("/proc", Long.toString(server.pid()), "limits")))
          .containsPattern("Max core file size +0 +0 ");
      assertThat(Files.readString(Path.of("/proc", Long.toString(server.pid()), "cmdline")))
          .contains("--illegal-native-access=deny", "--enable-native-access=auth.support")
          .contains("-XX:-HeapDumpOnOutOfMemoryError", "-XX:-CreateCoredumpOnCrash")
          .doesNotContain("ALL-UNNAMED");
    } finally {
      server.destroy();
      assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
  }
}
