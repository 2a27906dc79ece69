package dev.sallyport.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code sallyport demo} prints can be pasted, and its end leaves nothing behind. */
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DemoIT {
  private static final String PRINTED_PORT = "33322";

  /** Below those that the kernel gives away (ip_local_port_range). */
  private static final int FIRST_PORT = 22_322;

  private static final Path KNOWN_HOSTS =
      Path.of(System.getProperty("user.home"), ".ssh", "known_hosts");

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

  @BeforeEach
  void letTheBastionIn() {
    assertThat(temporary.toFile().setExecutable(true, false)).isTrue();
  }

  @Test
  void everyPrintedLineWorksWhenItIsPasted() throws Exception {
    String knownHosts = knownHosts();
    String port = Integer.toString(freePort());
    try (RunningDemo demo = RunningDemo.start(temporary)) {
      String tunnel = demo.command("-N -L").replace(PRINTED_PORT, port);
      String login = demo.command("@localhost").replace(PRINTED_PORT, port);
      RunningDemo.Ended typed =
          demo.paste(
              String.join(
                  "\n",
                  "{ set -e",
                  tunnel + " & tunnel=$!",
                  "until (exec 3<>/dev/tcp/localhost/%s) 2>/dev/null; do kill -0 $tunnel; done"
                      .formatted(port),
                  login + " echo through the tunnel",
                  "kill $tunnel; }"));
      assertThat(typed.output()).contains("through the tunnel\n");
      assertThat(typed.exit()).as(typed.output()).isZero();
      assertThat(demo.readUntil(" opened ").getLast()).contains("ec2-user").contains("demo");

      works(demo, jump(demo) + " echo through the jump", "through the jump\n");

      RunningDemo.Ended refused = demo.paste(demo.command(" -W "));
      assertThat(refused.exit()).as(refused.output()).isNotZero();
      assertThat(refused.output()).contains("administratively prohibited");

      works(demo, demo.command("scp "), "");
      works(demo, demo.command("sftp "), "");
      assertThat(demo.folder().resolve("downloads/welcome.txt")).content().contains("instance");

      works(demo, demo.command("-tt"), "This session is recorded.");
      // It wants a terminal.
      works(
          demo,
          "script --quiet --return --command '%s' /dev/null"
              .formatted(demo.command("recording play")),
          "This session is recorded.");
      works(demo, demo.command("recording export"), "This session is recorded.");

      assertThat(demo.commands()).as("a line that is not tried here").hasSize(10);
    }
    assertThat(knownHosts()).isEqualTo(knownHosts);
  }

  /** Both hops in one. */
  private static String jump(RunningDemo demo) {
    String command = demo.commands().get(3);
    assertThat(command).startsWith("ssh ").contains(" -J ");
    return command;
  }

  private static void works(RunningDemo demo, String command, String output) throws Exception {
    RunningDemo.Ended ended = demo.paste(command);
    assertThat(ended.exit()).as("%s: %s", command, ended.output()).isZero();
    assertThat(ended.output()).contains(output);
  }

  @ParameterizedTest
  @CsvSource({"INT, 0", "TERM, 143", "HUP, 129"})
  void aSignalEndsItAndLeavesNothing(String signal, int code) throws Exception {
    try (RunningDemo demo = RunningDemo.start(temporary)) {
      Path folder = demo.folder();
      assertThat(RunningDemo.processesOf(folder)).isNotEmpty();
      assertThat(demo.end(signal)).isEqualTo(code);
      assertThat(RunningDemo.processesOf(folder)).isEmpty();
      assertThat(links()).doesNotContain(linkOf(folder));
    }
    assertThat(left()).isEmpty();
  }

  @Test
  void whatIsKilledLeavesNothing() throws Exception {
    try (RunningDemo demo = RunningDemo.start(temporary)) {
      Path folder = demo.folder();
      demo.end("KILL");
      RunningDemo.await("its processes end", () -> RunningDemo.processesOf(folder).isEmpty());
      RunningDemo.await("its folder is removed", () -> left().isEmpty());
      RunningDemo.await("its network is removed", () -> !links().contains(linkOf(folder)));
    }
  }

  /** As when the machine loses its power, or a container is killed. */
  @Test
  void theNextDemoRemovesWhatIsLeftOfOneThatWasKilledWithAllOfItsProcesses() throws Exception {
    Path folder;
    try (RunningDemo demo = RunningDemo.start(temporary)) {
      folder = demo.folder();
      String janitor =
          RunningDemo.processesOf(folder).stream()
              .filter(line -> line.contains(" flock "))
              .findFirst()
              .orElseThrow();
      String pid = janitor.strip().split(" ")[0];
      assertThat(RunningDemo.run("kill -KILL " + pid).exit()).isZero();
      RunningDemo.await(
          "the janitor ends", () -> !RunningDemo.processesOf(folder).contains(janitor));
      demo.end("KILL");
      RunningDemo.await("its processes end", () -> RunningDemo.processesOf(folder).isEmpty());
    }
    assertThat(folder).exists();
    try (RunningDemo next = RunningDemo.start(temporary)) {
      assertThat(folder).doesNotExist();
      assertThat(left()).containsExactly(next.folder());
      assertThat(next.end("INT")).isZero();
    }
    assertThat(left()).isEmpty();
  }

  @Test
  void aDemoLeavesAnotherOneAlone() throws Exception {
    try (RunningDemo first = RunningDemo.start(temporary);
        RunningDemo second = RunningDemo.start(temporary)) {
      assertThat(left()).containsExactlyInAnyOrder(first.folder(), second.folder());
      works(first, jump(first) + " echo is there", "is there");
      works(second, jump(second) + " echo is there", "is there");
    }
  }

  /** It replaces /etc/passwd, and what is mounted on a file goes with the file. */
  @Test
  void anAccountThatIsAddedToTheMachineMeanwhileChangesNothing() throws Exception {
    assumeTrue(
        System.getProperty("user.name").equals("root"), "only root adds accounts to a machine");
    String account = "sp-demo-" + ProcessHandle.current().pid();
    try (RunningDemo demo = RunningDemo.start(temporary)) {
      try {
        RunningDemo.Ended added =
            RunningDemo.run("useradd --system --no-create-home --shell /bin/false " + account);
        assertThat(added.exit()).as(added.output()).isZero();
        works(demo, jump(demo) + " id --user --name", "");
      } finally {
        RunningDemo.run("userdel " + account);
      }
      works(demo, jump(demo) + " echo is there", "is there");
    }
  }

  private static String knownHosts() throws IOException {
    return Files.exists(KNOWN_HOSTS) ? Files.readString(KNOWN_HOSTS) : "";
  }

  private List<Path> left() throws IOException {
    try (Stream<Path> files = Files.list(temporary)) {
      return files.toList();
    }
  }

  private static String links() throws Exception {
    return RunningDemo.run("ip -o link").output();
  }

  /** The link has the end of the folder's name. */
  private static String linkOf(Path folder) {
    String name = folder.getFileName().toString();
    return "sp-demo-" + name.substring(name.lastIndexOf('.') + 1);
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
}
