package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How far the agent goes that a client forwards to the bastion: its rules allow the agent, and
 * still the gateway command has to ask for it, as the second of two hops.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class GatewayAgentTest {
  @TempDir Path directory;
  private OpenSshd keyed;
  private OpenSshd agented;
  private TestBastion bastion;
  private Path socket;
  private Command agent;

  @BeforeEach
  void start() throws IOException {
    keyed = new OpenSshd(directory.resolve("keyed"));
    agented = new OpenSshd(directory.resolve("agented"));
    bastion =
        TestBastion.start(
            directory,
            "credentials { key = { type = key, file = \"%s\" }, agent = { type = agent } }"
                .formatted(keyed.identity()),
            "recording.reserve = \"0 B\"",
            "rules = [\n%s%s]".formatted(rule("key", keyed), rule("agent", agented)));
    Files.writeString(
        directory.resolve("agented/bastion-to-private.pub"),
        Files.readString(directory.resolve("alice.pub")));
    socket = directory.resolve("agent");
    agent = Command.start(List.of("ssh-agent", "-D", "-a", socket.toString()));
    Condition.await("the agent is there", () -> Files.exists(socket));
    Command.Ended added =
        Command.run(
            List.of("ssh-add", directory.resolve("alice").toString()),
            Map.of("SSH_AUTH_SOCK", socket.toString()));
    assertThat(added.exit()).as(added.errors()).isZero();
  }

  @AfterEach
  void stop() {
    agent.close();
    bastion.close();
    keyed.close();
    agented.close();
  }

  private static String rule(String credential, OpenSshd target) {
    return """
    { name = by-%1$s, users = [alice], to = ["127.0.0.1:%2$d"], record = session
      logins = ["%3$s"], credential = %1$s, inner = [agent] }
    """
        .formatted(credential, target.port(), target.user());
  }

  private Command.Ended ssh(String option, OpenSshd target) {
    return bastion
        .ssh()
        .sshIn(
            Map.of("SSH_AUTH_SOCK", socket.toString()),
            "-A",
            "-o",
            "IdentityAgent=" + socket,
            "bastion",
            "ssh %s -p %d %s@127.0.0.1 'ssh-add -l; echo ended'"
                .formatted(option, target.port(), target.user()));
  }

  @ParameterizedTest
  @CsvSource({"-A, true", "'', false", "-A -a, false"})
  void theAgentReachesTheTargetOnlyWhenTheCommandSaysSo(String option, boolean there) {
    Command.Ended ended = ssh(option, keyed);

    assertThat(ended.output()).as(ended.errors()).contains("ended");
    assertThat(ended.output().contains("ED25519")).isEqualTo(there);
    assertThat(bastion.audit().events("agent-opened")).hasSize(there ? 1 : 0);
  }

  @Test
  void theBastionLogsInWithTheAgentAndLeavesItBehind() {
    Command.Ended ended = ssh("", agented);

    assertThat(ended.output()).as(ended.errors()).isEqualTo("ended\n");
    assertThat(ended.errors()).contains("Could not open a connection to your authentication");
  }
}
