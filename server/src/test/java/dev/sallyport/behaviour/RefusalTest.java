package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import dev.sallyport.transport.FreePort;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user reads when a forward is refused, and what the auditor reads. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RefusalTest {
  @TempDir static Path directory;
  private static TestBastion bastion;
  private static OpenSsh ssh;

  @BeforeAll
  static void start() throws IOException {
    bastion =
        TestBastion.start(
            directory,
            "private-networks = [\"127.0.0.0/8\", \"10.0.0.0/8\", \"169.254.0.0/16\", \"224.0.0.0/4\"]",
            "unsafe-networks = [\"127.0.0.0/16\"]",
            """
            rules = [
              { name = to-private, groups = [ops], to = ["127.0.0.1:1-65535", "127.8.0.0/16:22"] }
              { name = too-much, groups = [ops], to = ["169.254.0.0/16:80", "224.0.0.0/4:80"] }
              { name = public, groups = [ops], to = ["0.0.0.0/0:443"] }
            ]
            """);
    ssh = bastion.ssh();
  }

  @AfterAll
  static void stop() {
    bastion.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10.9.9.9:22 | no-rule | 10.9.9.9:22 is in no rule for alice",
        "127.0.0.2:22 | no-rule | 127.0.0.2:22 is in no rule for alice",
        "192.0.2.1:443 | not-private | 192.0.2.1:443 is not in private-networks",
        "127.8.0.1:22 | loopback | 127.8.0.1:22 is a loopback address and is never reached",
        "169.254.169.254:80 | metadata-service |"
            + " 169.254.169.254:80 is the cloud's metadata service and is never reached",
        "169.254.1.1:80 | link-local | 169.254.1.1:80 is a link-local address and is never reached",
        "224.0.0.1:80 | multicast | 224.0.0.1:80 is a multicast address and is never reached",
        "[::]:80 | unspecified | [::]:80 is an unspecified address and is never reached",
        "[::ffff:169.254.169.254]:80 | metadata-service |"
            + " is the cloud's metadata service and is never reached",
      })
  void aDeniedTargetIsAdministrativelyProhibitedAndTheTextSaysWhy(
      String target, String code, String text) {
    Command.Ended ended = ssh.ssh("-W", target, "bastion");

    assertThat(ended.exit()).isEqualTo(255);
    assertThat(ended.errors())
        .contains("open failed: administratively prohibited: ")
        .contains(text)
        .contains("stdio forwarding failed");
    AuditReader.Event event =
        bastion
            .audit()
            .await(
                "forward-refused", one -> one.rule().equals(code) && one.detail().contains(text));
    assertThat(event.user()).isEqualTo("alice");
  }

  @Test
  void whoHasNoRuleReachesNothing() {
    Command.Ended ended = ssh.ssh("-W", "127.0.0.1:22", "bastion-as-mallory");

    assertThat(ended.errors())
        .contains("administratively prohibited: 127.0.0.1:22 is in no rule for mallory");
  }

  @Test
  void aTargetThatDoesNotListenFailsToConnect() throws IOException {
    int port = FreePort.next();

    Command.Ended ended = ssh.ssh("-W", "127.0.0.1:" + port, "bastion");

    assertThat(ended.exit()).isEqualTo(255);
    assertThat(ended.errors())
        .contains("open failed: connect failed: 127.0.0.1:%d: Connection refused".formatted(port));
    AuditReader.Event event =
        bastion.audit().await("forward-failed", one -> one.target().equals("127.0.0.1:" + port));
    assertThat(event.rule()).isEqualTo("to-private");
    assertThat(event.detail()).isEqualTo("Connection refused");
  }

  @Test
  void aKeyThatMayNotForwardIsRefusedInWords() throws IOException {
    Path key = OpenSsh.makeKey(directory.resolve("restricted"), "-t", "ed25519");
    Path list = directory.resolve("keys/alice");
    java.nio.file.Files.writeString(
        list,
        "no-port-forwarding " + java.nio.file.Files.readString(Path.of(key + ".pub")),
        java.nio.file.StandardOpenOption.APPEND);

    Command.Ended ended =
        ssh.ssh(
            "-i",
            key.toString(),
            "-p",
            Integer.toString(bastion.port()),
            "-W",
            "127.0.0.1:22",
            "alice@127.0.0.1");

    assertThat(ended.errors())
        .contains("administratively prohibited: the key of alice may not open forwards");
    assertThat(bastion.audit().await("forward-refused", e -> e.rule().equals("restricted")).user())
        .isEqualTo("alice");
  }

  @Test
  void aRunningForwardGoesOnWhileAHundredOthersAreRefused() throws IOException {
    try (TcpTarget target = TcpTarget.echoes();
        Tunnel tunnel = Tunnel.open(ssh, target.address(), "10.9.9.9:22");
        Socket running = tunnel.connect(0)) {
      for (int i = 0; i < 100; i++) {
        try (Socket refused = tunnel.connect(1)) {
          running.getOutputStream().write(i);
          assertThat(running.getInputStream().read()).isEqualTo(i);
          assertThat(refused.getInputStream().read()).isEqualTo(-1);
        }
      }

      running.getOutputStream().write("still here".getBytes(StandardCharsets.UTF_8));
      running.shutdownOutput();
      assertThat(running.getInputStream().readAllBytes()).asString().isEqualTo("still here");
      assertThat(tunnel.ssh().errors())
          .contains("administratively prohibited: 10.9.9.9:22 is in no rule for alice");
      assertThat(target.connections()).isEqualTo(1);
    }
    // A refusal does not wait for the disk.
    Condition.await(
        "all refusals are in the log",
        () ->
            bastion.audit().events("forward-refused").stream()
                    .filter(event -> event.target().equals("10.9.9.9:22"))
                    .count()
                >= 100);
  }
}
