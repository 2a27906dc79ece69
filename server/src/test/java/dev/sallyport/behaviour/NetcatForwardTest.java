package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ssh bastion nc HOST PORT} is {@code ssh -W HOST:PORT bastion}, with stock ssh. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class NetcatForwardTest {
  @TempDir Path directory;
  private TestBastion bastion;

  @BeforeEach
  void start() throws IOException {
    bastion = TestBastion.start(directory);
  }

  @AfterEach
  void stop() {
    bastion.close();
  }

  private static String netcat(TcpTarget target) {
    return "nc 127.0.0.1 " + target.port();
  }

  /** Lets ssh reach the instance by that name, over a command on the bastion. */
  private void reachThroughBastion(OpenSshd instance, String identity, String netcat)
      throws IOException {
    bastion
        .ssh()
        .host(
            "instance",
            "HostName 127.0.0.1",
            "Port " + instance.port(),
            "User " + instance.user(),
            "IdentityFile " + identity,
            "ProxyCommand ssh -F %s/ssh_config bastion %s".formatted(directory, netcat));
  }

  /** An echo that has answered once, so that the forward is open. */
  private Command echoing(TcpTarget target) throws Exception {
    Command ssh = bastion.ssh().start("bastion", netcat(target));
    ssh.input().write('x');
    ssh.input().flush();
    assertThat(ssh.output().read()).isEqualTo('x');
    return ssh;
  }

  @ParameterizedTest
  @ValueSource(strings = {"nc %h %p", "nc -q0 %h %p", "netcat -q 0 %h %p", "socat - TCP:%h:%p"})
  void aProxyCommandOfThatKindReachesTheTarget(String netcat) throws Exception {
    try (OpenSshd instance = new OpenSshd(directory.resolve("instance"))) {
      reachThroughBastion(instance, instance.identity().toString(), netcat);

      Command.Ended ended = bastion.ssh().ssh("instance", "echo there; exit 3");

      assertThat(ended.output()).as(ended.errors()).isEqualTo("there\n");
      assertThat(ended.exit()).isEqualTo(3);
      AuditReader.Event opened = bastion.audit().await("forward-opened");
      assertThat(opened.json().toString()).contains("\"to-private\"", "127.0.0.1");
      bastion.audit().await("forward-closed", e -> e.forward().equals(opened.forward()));
      assertThat(bastion.audit().events("request-refused")).isEmpty();
    }
  }

  /** Both directions at once, more than any window, and an end of data each way. */
  @Test
  void everyBytePassesAndTheTargetAnswersAfterTheEndOfInput() throws Exception {
    byte[] all = new byte[5_000_000];
    new Random(1).nextBytes(all);
    try (TcpTarget target = TcpTarget.answersAfterTheEnd()) {
      try (Command ssh = bastion.ssh().start("bastion", netcat(target))) {
        CompletableFuture<byte[]> answer = reading(ssh.output());
        try (OutputStream in = ssh.input()) {
          in.write(all);
        }
        byte[] head = (all.length + "\n").getBytes(StandardCharsets.UTF_8);
        byte[] got = answer.get();
        assertThat(Arrays.copyOf(got, head.length)).isEqualTo(head);
        assertThat(Arrays.equals(Arrays.copyOfRange(got, head.length, got.length), all)).isTrue();
        assertThat(ssh.await().exit()).isZero();
      }
      var traffic = bastion.audit().await("forward-closed").json().path("traffic");
      assertThat(traffic.toString()).contains("5000000");
    }
  }

  private static CompletableFuture<byte[]> reading(InputStream in) {
    CompletableFuture<byte[]> all = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            all.complete(in.readAllBytes());
          } catch (IOException e) {
            all.completeExceptionally(e);
          }
        });
    return all;
  }

  /** The client's input stays open: it must see the target's end all the same. */
  @Test
  void theTargetsEndOfDataReachesAClientThatHasMoreToSend() throws Exception {
    try (TcpTarget target =
        TcpTarget.that((one, socket) -> {
          one.write(socket, "bye\n".getBytes(StandardCharsets.UTF_8));
          socket.shutdownOutput();
          one.read(socket, new byte[1]);
        })) {
      try (Command ssh = bastion.ssh().start("bastion", netcat(target))) {
        assertThat(new String(ssh.output().readAllBytes(), StandardCharsets.UTF_8))
            .isEqualTo("bye\n");
        assertThat(target.received()).isZero();
        try (OutputStream in = ssh.input()) {
          in.write('x');
        }
        assertThat(ssh.await().exit()).isZero();
        Condition.await("the target has read the byte", () -> target.received() == 1);
      }
    }
  }

  @Test
  void whatNoRuleAllowsIsRefusedInWordsWithStatusOneAndRecordedAsAForward() throws Exception {

    Command.Ended ended = bastion.ssh().ssh("bastion-as-mallory", "nc 127.0.0.1 9");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.errors()).contains("sallyport: 127.0.0.1:9 is in no rule for mallory");
    assertThat(bastion.audit().await("forward-refused").user()).isEqualTo("mallory");
    Command.Ended odd = bastion.ssh().ssh("bastion", "nc 127.1 22");
    assertThat(odd.exit()).isEqualTo(1);
    assertThat(bastion.ssh().ssh("-W", "127.1:22", "bastion").errors())
        .contains(odd.errors().strip().replace("sallyport: ", ""));
  }

  @Test
  void aTargetThatIsDownIsToldInWordsWithStatusOne() throws Exception {
    int port;
    try (TcpTarget gone = TcpTarget.closesAtOnce()) {
      port = gone.port();
    }

    Command.Ended ended = bastion.ssh().ssh("bastion", "nc -q0 127.0.0.1 " + port);

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.errors()).contains("sallyport: 127.0.0.1:" + port + ": ", "refused");
    bastion.audit().await("forward-failed");
  }

  @Test
  void aKeyThatMayNotForwardMayNotForwardSoEither() throws Exception {
    try (TcpTarget target = TcpTarget.echoes()) {
      bastion.authorizeOnly("alice", directory.resolve("alice"), "no-port-forwarding");
      Command.Ended ended = bastion.ssh().ssh("bastion", netcat(target));
      assertThat(ended.exit()).isEqualTo(1);
      assertThat(ended.errors()).contains("the key of alice may not open forwards");
      assertThat(target.connections()).isZero();
    }
  }

  /** What a rule wants recorded is recorded: it is SSH with the bastion inside, as behind -J. */
  @Test
  void aRecordedTargetIsInspectedAndRecorded() throws Exception {
    try (OpenSshd instance = new OpenSshd(directory.resolve("instance"))) {
      bastion.close();
      bastion =
          TestBastion.start(
              directory,
              instance.credential(),
              "recording.reserve = \"0 B\"",
              "rules = [\n" + instance.recordedRule("") + "]");
      reachThroughBastion(instance, "none", "nc %h %p");

      Command.Ended ended = bastion.ssh().ssh("instance", "echo recorded");

      assertThat(ended.output()).as(ended.errors()).isEqualTo("recorded\n");
      assertThat(bastion.audit().await("session-opened").json().toString())
          .contains("inspected-forward");
      bastion.audit().await("recording-finalised");
      assertThat(bastion.ssh().ssh("bastion", "nc 127.0.0.1 " + instance.port()).output())
          .as("the bastion's own identification")
          .startsWith("SSH-2.0-OpenSSH_compatible_Sallyport");
    }
  }

  @Test
  void aForwardThatIsAllowedNoMoreEndsInWords() throws Exception {
    try (TcpTarget target = TcpTarget.echoes()) {
      try (Command ssh = echoing(target)) {
        bastion.reload("rules = []");

        Command.Ended ended = ssh.await();
        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.errors()).contains("is in no rule for alice");
        assertThat(bastion.audit().await("forward-closed").detail())
            .contains("is in no rule for alice");
      }
    }
  }

  @Test
  void aClientThatLeavesEndsTheForward() throws Exception {
    try (TcpTarget target = TcpTarget.sendsEndlessly()) {
      try (Command ssh = bastion.ssh().start("bastion", netcat(target))) {
        assertThat(ssh.output().readNBytes(100_000)).hasSize(100_000);
      }
      bastion.audit().await("forward-closed");
    }
  }

  /** As netcat, which ends when nobody reads what it writes. */
  @Test
  void theForwardEndsWhenNobodyReadsItsOutput() throws Exception {
    try (TcpTarget target = TcpTarget.sendsEndlessly()) {
      try (Command pipe =
          Command.start(
              List.of(
                  "sh",
                  "-c",
                  "ssh -F %s/ssh_config bastion %s | head -c 10"
                      .formatted(directory, netcat(target))))) {
        assertThat(pipe.await().output()).hasSize(10);
      }
      bastion.audit().await("forward-closed");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nc -l 22",
        "nc -e /bin/sh 127.0.0.1 22",
        "nc 127.0.0.1 22 2>/dev/null",
        "ncat 127.0.0.1 22",
        "socat - UDP:127.0.0.1:22"
      })
  void anyOtherWordsAreRefusedWithWhatToUse(String command) throws Exception {

    Command.Ended ended = bastion.ssh().ssh("bastion", command);

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.errors())
        .contains("-J alice@<this bastion> <login>@<server>", "ssh -W %h:%p alice@<this bastion>");
    bastion.audit().await("request-refused");
    assertThat(bastion.audit().events("forward-opened")).isEmpty();
  }

  @Test
  void whereATerminalWouldChangeTheBytesTheRefusalSaysSo() throws Exception {
    try (TcpTarget target = TcpTarget.echoes()) {
      Command.Ended ended = bastion.ssh().ssh("-tt", "bastion", netcat(target));
      assertThat(ended.exit()).isEqualTo(1);
      assertThat(ended.output() + ended.errors()).contains("leave out -t");
      assertThat(target.connections()).isZero();
    }
  }

  @Test
  void whileTheBastionStopsTheForwardEndsWithItAndItsUserReadsWhy() throws Exception {
    try (TcpTarget target = TcpTarget.echoes()) {
      try (Command ssh = echoing(target)) {
        CompletableFuture<Void> stopped = CompletableFuture.runAsync(bastion::close);
        assertThat(ssh.await().exit()).isNotZero();
        stopped.get();
        assertThat(bastion.audit().events("forward-closed")).hasSize(1);
      }
    }
  }
}
