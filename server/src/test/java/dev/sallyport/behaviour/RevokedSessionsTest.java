package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import dev.sallyport.operations.ReloadAnswer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions on targets, and what is inside of them, end when their rule is gone. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RevokedSessionsTest {
  /** Bytes of output that are more than the words a session begins with. */
  private static final int WORDS = 1024;

  @TempDir Path directory;
  private OpenSshd instance;
  private TestBastion bastion;
  private OpenSsh ssh;

  @BeforeEach
  void start() throws IOException {
    instance = new OpenSshd(directory.resolve("instance"));
    bastion = TestBastion.start(directory, settings(recorded(instance.user()), plain("alice")));
    ssh = bastion.ssh().host("instance", instance.behindBastion());
  }

  @AfterEach
  void stop() {
    instance.close();
    bastion.close();
  }

  private String recorded(String logins) {
    return """
    { name = recorded, users = [alice], to = ["127.0.0.1:%d"], record = session
      logins = [%s], credential = private, inner = [forward] }
    """
        .formatted(instance.port(), logins);
  }

  private static String plain(String user) {
    return "{ name = plain, users = [%s], to = [\"127.0.0.1:1-65535\"] }\n".formatted(user);
  }

  private String[] settings(String... rules) {
    return new String[] {
      instance.credential(),
      "recording.reserve = \"0 B\"",
      "auth.recheck = \"1 s\"",
      "rules = [\n" + String.join("", rules) + "]"
    };
  }

  /** A shell on the instance that has answered. */
  private Command shell(String... arguments) throws IOException {
    Command shell = ssh.start(arguments);
    assertAnswers(shell);
    return shell;
  }

  private static void assertAnswers(Command cat) throws IOException {
    cat.input().write('x');
    cat.input().flush();
    assertThat(cat.output().read()).isEqualTo('x');
  }

  private String gatewayCommand() {
    return "ssh -p %d %s@127.0.0.1 cat".formatted(instance.port(), instance.user());
  }

  private String noRule() {
    return "127.0.0.1:" + instance.port() + " is in no rule for alice";
  }

  @Test
  void aGatewaySessionWhoseRuleIsGoneEndsWithASentence() throws Exception {
    try (Command cat = shell("bastion", gatewayCommand())) {
      bastion.reload(settings(plain("mallory")));

      Command.Ended ended = cat.await();
      assertThat(ended.errors()).contains("sallyport: " + noRule() + "; the session has ended");
      assertThat(ended.exit()).isEqualTo(255);
      assertThat(bastion.audit().await("session-closed").detail()).isEqualTo(noRule());
      assertThat(bastion.audit().events("connection-revoked")).isEmpty();
    }
  }

  /** As much as is kept of a command's output; more is on its way, and nobody reads it. */
  private void awaitFullRecording() {
    Condition.await(
        "the recording has all that it keeps",
        () -> {
          try (Stream<Path> files = Files.walk(directory.resolve("state/recordings"))) {
            return files.anyMatch(
                file -> file.endsWith("stdout") && file.toFile().length() >= 1 << 20);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /**
   * Until each session has printed something, and none prints more: how much of it the kernel and
   * the windows hold, and how they share it, differs between machines.
   */
  private void awaitStuck(int sessions) {
    long[] last = {-1, System.nanoTime()};
    Condition.await(
        "no session gets anything more to its client",
        () -> {
          List<Long> sizes = sizesOfOutputs();
          long total = sizes.stream().mapToLong(Long::longValue).sum();
          if (total != last[0]) {
            last[0] = total;
            last[1] = System.nanoTime();
          }
          return sizes.stream().filter(size -> size > WORDS).count() == sessions
              && System.nanoTime() - last[1] > Duration.ofSeconds(2).toNanos();
        });
  }

  private List<Long> sizesOfOutputs() {
    try (Stream<Path> files = Files.walk(directory.resolve("state/recordings"))) {
      return files
          .filter(file -> file.endsWith("stdout"))
          .map(file -> file.toFile().length())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSessionEndsAtOnceThoughItsClientDoesNotRead(boolean stopped) throws Exception {
    String target = "%s@127.0.0.1".formatted(instance.user());
    try (Command zeros =
        ssh.start("bastion", "ssh -p " + instance.port() + " " + target + " cat /dev/zero")) {
      awaitFullRecording();
      if (stopped) {
        zeros.signal("STOP");
      }

      bastion.reload(settings(plain("mallory")));

      assertThat(bastion.audit().await("session-closed").detail()).isEqualTo(noRule());
      bastion.audit().await("recording-finalised");
      assertThat(zeros.isAlive()).isTrue();
    }
  }

  /** More than the kernel keeps of a connection; so the bastion waits in the middle of a packet. */
  @Test
  void sessionsEndThoughTheirConnectionIsNotReadAtAll() throws Exception {
    int sessions = 10;
    Path control = directory.resolve("control");
    Path now = directory.resolve("now");
    String command =
        "ssh -p %d %s@127.0.0.1 'echo up; while ! test -e %s; do sleep 0.1; done; cat /dev/zero'"
            .formatted(instance.port(), instance.user(), now);
    List<Command> all = new ArrayList<>();
    try (Command master = ssh.start("-M", "-N", "-S", control.toString(), "bastion")) {
      Condition.await("a master", () -> Files.exists(control));
      for (int i = 0; i < sessions; i++) {
        Command one = ssh.start("-S", control.toString(), "bastion", command);
        all.add(one);
        assertThat(one.output().read()).as(one.errors()).isEqualTo('u');
      }
      master.signal("STOP");
      Files.createFile(now);
      awaitStuck(sessions);

      bastion.reload(settings(plain("mallory")));

      Condition.await(
          "all sessions are closed",
          () -> bastion.audit().events("session-closed").size() == sessions);
      assertThat(bastion.audit().events("session-closed"))
          .allSatisfy(event -> assertThat(event.detail()).isEqualTo(noRule()));
    } finally {
      all.forEach(Command::close);
    }
  }

  @Test
  void anInspectedConnectionWhoseRuleIsGoneEndsWithASentence() throws Exception {
    try (Command cat = shell("instance", "cat")) {
      bastion.reload(settings(plain("mallory")));

      assertThat(cat.await().errors()).contains(noRule());
      assertThat(bastion.audit().await("forward-closed").detail()).isEqualTo(noRule());
      bastion.audit().await("session-closed");
    }
  }

  @Test
  void aTargetWhoseRuleDemandsOtherTermsNowIsNotGoneOnWith() throws Exception {
    try (Command cat = shell("instance", "cat")) {
      bastion.reload(settings(plain("alice")));

      assertThat(cat.await().errors())
          .contains("127.0.0.1:" + instance.port() + " is on other terms now, by rule plain");
    }
  }

  /** The ssh that jumps says the same words as the one behind it, and earlier. */
  private static Socket connect(Tunnel inner) {
    List<Socket> open = new ArrayList<>();
    Condition.await(
        "the forward listens",
        () -> {
          try {
            open.add(inner.connect());
            return true;
          } catch (IOException notYet) {
            return false;
          }
        });
    return open.getFirst();
  }

  @Test
  void whatIsInsideEndsWithItsOwnRuleAndARuleThatGivesMoreThanBeforeEndsNothing() throws Exception {
    try (TcpTarget echo = TcpTarget.echoes();
        Command gateway = shell("bastion", gatewayCommand());
        Command inspected = shell("instance", "cat");
        Tunnel inner = Tunnel.openAs(ssh, "instance", echo.address());
        Socket open = connect(inner)) {
      open.getOutputStream().write('x');
      assertThat(open.getInputStream().read()).isEqualTo('x');

      assertThat(bastion.reload(settings(recorded(instance.user() + ", more"), plain("mallory"))))
          .isInstanceOf(ReloadAnswer.Reloaded.class);

      assertThat(open.getInputStream().read()).isEqualTo(-1);
      assertThat(bastion.audit().await("forward-closed").detail())
          .isEqualTo(echo.address() + " is in no rule for alice");
      inner.ssh().awaitErrors("a forward ends: " + echo.address() + " is in no rule for alice");
      assertThat(inner.ssh().isAlive()).isTrue();
      assertAnswers(gateway);
      assertAnswers(inspected);
      assertThat(bastion.audit().events("forward-closed")).hasSize(1);
      assertThat(bastion.audit().events("session-closed")).isEmpty();
    }
  }

  @Test
  void aKeyThatIsRemovedEndsSessionsToo() throws Exception {
    try (Command cat = shell("bastion", gatewayCommand())) {
      Files.writeString(directory.resolve("keys/alice"), "");

      assertThat(cat.await().errors()).contains("the key of alice is no longer accepted");
      assertThat(bastion.audit().await("session-closed").detail())
          .isEqualTo("the key of alice is no longer accepted");
    }
  }

  @Test
  void aKeyThatIsRemovedEndsInspectedConnectionsToo() throws Exception {
    try (Command cat = shell("instance", "cat")) {
      Files.writeString(directory.resolve("keys/alice"), "");

      // The words are for the ssh that jumps.
      assertThat(cat.await().errors()).contains("the key of alice is no longer accepted");
      assertThat(bastion.audit().await("forward-closed").detail())
          .isEqualTo("the key of alice is no longer accepted");
      assertThat(bastion.audit().await("session-closed").detail())
          .isEqualTo("the key of alice is no longer accepted");
    }
  }
}
