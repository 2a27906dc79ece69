package dev.sallyport.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server that {@code bin/sallyport} started: what other programs can do to it, and it to them.
 */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LauncherIT {
  @TempDir Path folder;

  private Process serve() throws IOException {
    Path configuration =
        Files.writeString(
            folder.resolve("sallyport.conf"),
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
                .formatted(folder));
    ProcessBuilder builder =
        new ProcessBuilder(
                Distribution.HOME.resolve("bin/sallyport").toString(),
                "serve",
                "--config",
                configuration.toString())
            .redirectErrorStream(true);
    // Somebody listens to what it says to its service manager, or not: that must not stop it.
    builder.environment().put("NOTIFY_SOCKET", folder.resolve("nobody").toString());
    return builder.start();
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
          .contains("--illegal-native-access=deny", "--enable-native-access=auth.plugins.openssh")
          .contains("-XX:-HeapDumpOnOutOfMemoryError", "-XX:-CreateCoredumpOnCrash")
          .doesNotContain("ALL-UNNAMED");
    } finally {
      server.destroy();
      assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
  }
}
