package dev.sallyport.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code sallyport demo} prints can be pasted, and its end leaves nothing behind. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DemoIT {
  private static final Path PROGRAM = Path.of("target/sallyport/bin/sallyport").toAbsolutePath();

  private static final String PRINTED_PORT = "33322";

  /** Below those that the kernel gives away (ip_local_port_range). */
  private static final int FIRST_PORT = 22_322;

  @TempDir Path temporary;

  @BeforeAll
  static void needsOpenSsh() {
    boolean there =
        Stream.of("/usr/sbin/sshd", "/usr/bin/ssh")
            .allMatch(name -> Files.isExecutable(Path.of(name)));
    assumeTrue(
        there || Boolean.parseBoolean(System.getenv("CI")),
        "OpenSSH is not installed: run deploy/setup/tests as root");
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM", "HUP"})
  void thePrintedCommandsWorkAndASignalLeavesNothing(String signal) throws Exception {
    assertThat(temporary.toFile().setExecutable(true, false)).isTrue();
    // A build that runs behind nohup ignores SIGHUP, and whatever it starts would too.
    Process demo =
        bash(
            "exec env --default-signal=INT,TERM,HUP TMPDIR=" + temporary + " " + PROGRAM + " demo");
    String port = Integer.toString(freePort());
    try (BufferedReader output = demo.inputReader()) {
      List<String> printed = readUntil(output, " started and listens on ");
      String commands =
          printed.stream()
              .map(String::strip)
              .filter(line -> line.startsWith("ssh ") || line.startsWith("cd "))
              .collect(Collectors.joining("\n"))
              .replace(PRINTED_PORT, port);
      List<String> lines = commands.lines().toList();
      assertThat(lines).hasSize(5);
      assertThat(lines.get(1)).contains("-L " + port + ":");
      // The demo's known_hosts instead of the tester's, and no question on a terminal that is not
      // there.
      Path folder = Path.of(lines.get(0).substring("cd ".length()));
      Files.writeString(
          folder.resolve("ssh_config"),
          "\n  StrictHostKeyChecking accept-new\n",
          java.nio.file.StandardOpenOption.APPEND);
      String tunnel = quietly(lines.get(1));
      String shell = quietly(lines.get(2)) + " echo through the tunnel";
      String jump = quietly(lines.get(3)) + " echo through the jump";

      Process typed =
          bash(
              String.join(
                  "\n",
                  "set -e",
                  lines.get(0),
                  tunnel + " & tunnel=$!",
                  "until (exec 3<>/dev/tcp/localhost/"
                      + port
                      + ") 2>/dev/null; do kill -0 $tunnel; done",
                  shell,
                  jump,
                  "kill $tunnel"));
      String answers = new String(typed.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(typed.waitFor()).as(answers).isZero();
      assertThat(answers).contains("through the tunnel\n").contains("through the jump\n");
      assertThat(readUntil(output, " opened ").getLast()).contains("ec2-user").contains("demo");

      List<String> running = processesOf(folder);
      assertThat(running).isNotEmpty();
      bash("kill -" + signal + " " + demo.pid()).waitFor();
      assertThat(demo.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(processesOf(folder)).isEmpty();
    } finally {
      demo.destroy();
      demo.waitFor(30, TimeUnit.SECONDS);
    }
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left).isEmpty();
    }
    assertThat(output("ip -o link")).doesNotContain("sp-demo-" + demo.pid());
  }

  /** The kernel gives ports like the printed one to whoever connects, and so to other tests. */
  private static int freePort() throws IOException {
    for (int port = FIRST_PORT; ; port++) {
      try (ServerSocket free = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
        return free.getLocalPort();
      } catch (BindException taken) {
        // The next one, then.
      }
    }
  }

  private static String quietly(String command) {
    String configured =
        command.contains("-F ssh_config")
            ? command
            : command.replaceFirst("ssh ", "ssh -F ssh_config ");
    return configured.replaceFirst("ssh ", "ssh -o BatchMode=yes ");
  }

  /** Processes whose command line names the folder, the server's and the instance's. */
  private static List<String> processesOf(Path folder) throws IOException, InterruptedException {
    return output("ps -eo args").lines().filter(line -> line.contains(folder.toString())).toList();
  }

  private static String output(String command) throws IOException, InterruptedException {
    Process process = bash(command);
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return text;
  }

  private static List<String> readUntil(BufferedReader output, String text) throws IOException {
    List<String> lines = new ArrayList<>();
    while (true) {
      String line = output.readLine();
      if (line == null) {
        throw new AssertionError("ended before '" + text + "': " + String.join("\n", lines));
      }
      lines.add(line);
      if (line.contains(text)) {
        return lines;
      }
    }
  }

  private static Process bash(String command) throws IOException {
    return new ProcessBuilder("bash", "-c", command).redirectErrorStream(true).start();
  }
}
