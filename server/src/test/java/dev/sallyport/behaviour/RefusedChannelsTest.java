package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import dev.sallyport.transport.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A channel that one side refuses is refused to the other, and the connections go on. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RefusedChannelsTest {
  @TempDir Path directory;
  private TestBastion bastion;
  private OpenSshd instance;
  private OpenSsh ssh;
  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    start("", "");
  }

  private void restart(String credential, String rules, String... sshd) throws IOException {
    bastion.close();
    instance.close();
    start(credential, rules, sshd);
  }

  private void start(String credential, String rules, String... sshd) throws IOException {
    instance =
        new OpenSshd(
            directory.resolve("instance" + sshd.length + credential.length() + rules.length()),
            sshd);
    bastion =
        TestBastion.start(
            directory,
            credential.isEmpty() ? instance.credential() : credential,
            "recording.reserve = \"0 B\"",
            "rules = [\n" + instance.recordedRule("inner = [forward, agent]") + rules + "]");
    ssh = bastion.ssh().host("instance", instance.behindBastion());
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
    bastion.close();
    instance.close();
  }

  private String control() {
    return directory.resolve("c").toString();
  }

  /** A connection that others share. */
  private Command master(Map<String, String> environment, String... arguments) {
    List<String> words = new ArrayList<>(List.of("-M", "-N", "-S", control()));
    words.addAll(List.of(arguments));
    Command master = ssh.startIn(environment, words.toArray(String[]::new));
    open.add(master);
    Condition.await(
        "the master listens",
        () -> ssh.ssh("-S", control(), "-O", "check", "any").exit() == 0 || !master.isAlive());
    return master;
  }

  /** A master that is asked for nothing has no session; the first is beyond what there may be. */
  @Test
  void aTargetThatOpensNoSessionRefusesTheClientsChannel() throws IOException {
    restart("", "", "MaxSessions 0");

    Command.Ended ended = ssh.ssh("-v", "instance", "true");

    assertThat(ended.exit()).isEqualTo(255);
    assertThat(ended.errors()).contains("channel 0: open failed: connect failed: open failed");
    AuditReader.Event failed = bastion.audit().await("session-failed");
    assertThat(failed.detail()).contains("opens no session: open failed");
    assertThat(bastion.audit().events("session-opened")).isEmpty();
  }

  @Test
  void aForwardThatTheTargetCannotOpenLeavesTheSessionsAlone() throws Exception {
    int nobody = FreePort.next();
    int local = FreePort.next();
    restart("", "{ name = plain, users = [alice], to = [\"127.0.0.1:%d\"] }".formatted(nobody));
    Command master = master(Map.of(), "-L", "%d:127.0.0.1:%d".formatted(local, nobody), "instance");
    try (Command session = ssh.start("-S", control(), "instance", "cat")) {
      session.input().write("before\n".getBytes(StandardCharsets.US_ASCII));
      session.input().flush();
      assertThat(session.output().readNBytes(7)).hasSize(7);

      try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), local)) {
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
      }

      bastion.audit().await("forward-failed", event -> event.detail().contains("onnect"));
      session.input().write("after\n".getBytes(StandardCharsets.US_ASCII));
      session.input().close();
      assertThat(session.await().output()).isEqualTo("after\n");
    }
    assertThat(master.isAlive()).isTrue();
  }

  @Test
  void aForwardThatTheTargetForbidsIsRefusedForTheTargetsReason() throws Exception {
    int nobody = FreePort.next();
    restart(
        "",
        "{ name = plain, users = [alice], to = [\"127.0.0.1:%d\"] }".formatted(nobody),
        "AllowTcpForwarding no");

    Command.Ended ended = ssh.ssh("-W", "127.0.0.1:" + nobody, "instance");

    assertThat(ended.errors()).contains("open failed: administratively prohibited:");
  }

  /** The agent is gone when the bastion wants to log in with it. */
  @Test
  void aClientThatRefusesItsAgentKeepsItsConnection() throws Exception {
    restart("credentials { private = { type = agent } }", "");
    Path socket = directory.resolve("agent");
    Map<String, String> environment = Map.of("SSH_AUTH_SOCK", socket.toString());
    Command agent = OpenSsh.startAgent(socket, directory.resolve("alice"));
    open.add(agent);
    instance.authorize(directory.resolve("alice"));
    String[] gateway = {
      "-A",
      "-o",
      "IdentityAgent=" + socket,
      "-S",
      control(),
      "bastion",
      "ssh -p %d %s@127.0.0.1 'echo in'".formatted(instance.port(), instance.user())
    };
    Command master = master(environment, "-A", "-o", "IdentityAgent=" + socket, "bastion");
    assertThat(ssh.sshIn(environment, gateway).output()).isEqualTo("in\n");

    agent.kill();
    Command.Ended refused = ssh.sshIn(environment, gateway);

    assertThat(refused.exit()).isEqualTo(255);
    assertThat(refused.errors()).contains("sallyport: ").contains("agent");
    assertThat(master.isAlive()).isTrue();
    assertThat(ssh.ssh("-S", control(), "bastion").output()).contains("You are alice");
    assertThat(bastion.audit().events("connection-closed")).isEmpty();
  }
}
