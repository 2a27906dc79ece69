package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An inner connection that is opened for later: until then the target has nobody waiting. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class UnusedTargetTest {
  private static final Pattern LEFT = Pattern.compile("Connection (closed|reset) by ");

  @TempDir Path directory;
  private OpenSshd instance;
  private TestBastion bastion;
  private OpenSsh ssh;
  private Path control;

  @BeforeEach
  void start() throws IOException {
    instance = new OpenSshd(directory.resolve("instance"));
    control = directory.resolve("control");
    bastion = TestBastion.start(directory, settings("key"));
    ssh =
        bastion
            .ssh()
            .host(
                "instance",
                instance.behindBastion(
                    "IdentityAgent " + directory.resolve("agent"),
                    "ForwardAgent yes",
                    "ControlPath " + control));
  }

  @AfterEach
  void stop() {
    bastion.close();
    instance.close();
  }

  private String[] settings(String credential) {
    return new String[] {
      "credentials { key = { type = key, file = \"%s\" }, agent = { type = agent } }"
          .formatted(instance.identity()),
      "recording.reserve = \"0 B\"",
      """
      rules = [
        { name = recorded, users = [alice], to = ["127.0.0.1:%d"], record = session
          logins = ["%s"], credential = %s, inner = [forward] }
        { name = plain, users = [alice], to = ["127.0.0.1:1-65535"] }
      ]\
      """
          .formatted(instance.port(), instance.user(), credential)
    };
  }

  /** A master that nobody has used, and that has left the target alone. */
  private Command unusedMaster() {
    Command master = ssh.start("-M", "-N", "instance");
    Condition.await("a master", () -> Files.exists(control));
    awaitLeaving();
    return master;
  }

  private void awaitLeaving() {
    Condition.await("nobody waits at the target", () -> LEFT.matcher(instance.log()).find());
  }

  @ParameterizedTest
  @ValueSource(strings = {"key", "agent"})
  void theFirstSessionWorksHoweverLateItComes(String credential) throws IOException {
    bastion.reload(settings(credential));
    instance.authorize(directory.resolve("alice"));
    try (Command agent =
            OpenSsh.startAgent(directory.resolve("agent"), directory.resolve("alice"));
        Command master = unusedMaster()) {
      Command.Ended late = ssh.ssh("instance", "echo late");

      assertThat(late.output()).as(late.errors()).isEqualTo("late\n");
      assertThat(ssh.ssh("instance", "echo later").output()).isEqualTo("later\n");
      assertThat(master.isAlive()).isTrue();
      assertThat(agent.isAlive()).isTrue();
    }
    assertThat(bastion.audit().events("session-failed")).isEmpty();
  }

  @Test
  void theFirstForwardWorksHoweverLateItComes() throws IOException {
    try (TcpTarget echo = TcpTarget.echoes();
        Tunnel tunnel = Tunnel.openAs(ssh, "instance", echo.address())) {
      awaitLeaving();

      try (Socket client = tunnel.connect()) {
        client.getOutputStream().write("late".getBytes(StandardCharsets.US_ASCII));

        assertThat(client.getInputStream().readNBytes(4)).asString().isEqualTo("late");
      }
    }
  }

  @Test
  void aTargetThatHasGoneMeanwhileIsToldAndEndsTheConnection() throws IOException {
    try (Command master = unusedMaster()) {
      instance.close();

      Command.Ended late = ssh.ssh("instance", "echo late");

      String words = "127.0.0.1:" + instance.port() + ": Connection refused";
      assertThat(late.errors()).contains("sallyport: " + words);
      assertThat(late.exit()).isEqualTo(255);
      assertThat(master.await().errors()).contains(words);
      assertThat(bastion.audit().await("session-failed").detail()).isEqualTo(words);
    }
  }
}
