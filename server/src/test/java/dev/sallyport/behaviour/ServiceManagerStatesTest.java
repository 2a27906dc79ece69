package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.support.linux.NotifyReceiver;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What systemd hears of a server that is a process of its own. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServiceManagerStatesTest {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  @TempDir Path directory;
  private NotifyReceiver manager;

  @BeforeEach
  void listen() throws Throwable {
    manager = new NotifyReceiver(directory.resolve("notify").toString());
  }

  @AfterEach
  void close() {
    manager.close();
  }

  private Command serve(Path configuration) {
    return start(
        "--enable-native-access=ALL-UNNAMED", "serve", "--config", configuration.toString());
  }

  private Command start(String nativeAccess, String... command) {
    Stream<String> program =
        Stream.of(
            "env",
            // Whoever runs the tests with nohup or in the background would pass it on ignored.
            "--default-signal=HUP",
            "NOTIFY_SOCKET=" + manager.name(),
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            nativeAccess,
            "-cp",
            System.getProperty("java.class.path"),
            "dev.sallyport.Main");
    return Command.start(Stream.concat(program, Stream.of(command)).toList());
  }

  private String heard() throws Throwable {
    return manager.next(DEADLINE).orElseThrow(() -> new AssertionError("nothing in time"));
  }

  @Test
  void aServerIsReadyWhenItListensAndAfterEachReloadWhateverBecameOfIt() throws Throwable {
    Path file = TestBastion.prepare(directory);
    try (Command server = serve(file)) {
      assertThat(heard()).startsWith("READY=1\nSTATUS=listening on 127.0.0.1:");

      TestBastion.prepare(directory, "audit.strangers-per-minute = 7");
      server.signal("HUP");
      assertThat(heard()).startsWith("RELOADING=1\nMONOTONIC_USEC=");
      assertThat(heard()).startsWith("READY=1\nSTATUS=listening on ").endsWith("; reloaded");

      Files.writeString(file, "sallyport { lisen = [] }");
      server.signal("HUP");
      assertThat(heard()).startsWith("RELOADING=1\n");
      assertThat(heard())
          .startsWith("READY=1\nSTATUS=listening on ")
          .contains("; not reloaded: " + file + ":1: ");

      server.signal("TERM");
      assertThat(heard()).startsWith("STOPPING=1\n");
      assertThat(server.await().exit()).isZero();
    }
  }

  /**
   * As {@code ExecReload=} is run with {@code NotifyAccess=all}: the launcher gives such commands
   * no native access.
   */
  @Test
  void aCommandBesideTheServerDoesNotNeedTheServiceManager() throws Throwable {
    String configuration = TestBastion.prepare(directory).toString();
    try (Command check =
        start("--illegal-native-access=deny", "config", "check", "--config", configuration)) {
      Command.Ended ended = check.await();
      assertThat(ended.errors().lines())
          .singleElement()
          .asString()
          .startsWith("warning: " + configuration + ": users can log in and reach nothing");
      assertThat(ended.exit()).isZero();
    }
  }

  @Test
  void aServerThatMayNotNotifyItsServiceManagerSaysSoAndGoesOn() throws Throwable {
    String configuration = TestBastion.prepare(directory, "lisen = []").toString();
    try (Command server =
        start("--illegal-native-access=deny", "serve", "--config", configuration)) {
      Command.Ended ended = server.await();
      assertThat(ended.exit()).as(ended.errors()).isEqualTo(78);
      assertThat(ended.output() + ended.errors())
          .contains("lisen", "the service manager was not notified: ");
    }
  }

  /** What only somebody who changes something can mend is not to be tried again and again. */
  @Test
  void aStartThatFailsSaysWhyAndExitsSoThatNobodyRestartsIt() throws Throwable {
    String missing =
        "credentials { web = { type = key, file = \"%s/none.pem\" } }".formatted(directory);
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      String port = Integer.toString(taken.getLocalPort());
      assertNotStarted("listen = [\"127.0.0.1:%s\"]".formatted(port), port);
    }
    assertNotStarted("lisen = []", "lisen");
    assertNotStarted(missing, directory + "/none.pem does not exist");
    assertNotStarted("host-keys = [\"%s/no-key\"]".formatted(directory), "/no-key does not exist");
    assertNotStarted("state-dir = \"/proc/nothing\"", "/proc/nothing");
  }

  private void assertNotStarted(String settings, String why) throws Throwable {
    try (Command server = serve(TestBastion.prepare(directory, settings))) {
      Command.Ended ended = server.await();
      assertThat(ended.exit()).as(ended.errors()).isEqualTo(78);
      assertThat(ended.errors()).contains(why);
      assertThat(heard()).startsWith("STATUS=not started: ").contains(why);
    }
  }
}
