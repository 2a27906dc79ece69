package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stock OpenSSH through a rule with {@code record = session}, to a real sshd. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RecordedSessionsTest {
  @TempDir static Path directory;
  private static TestBastion bastion;
  private static OpenSshd instance;
  private static OpenSsh ssh;

  @BeforeAll
  static void start() throws IOException {
    instance = new OpenSshd(directory.resolve("instance"));
    bastion =
        TestBastion.start(
            directory,
            instance.credential(),
            "recording.reserve = \"0 B\"",
            "rules = [\n"
                + instance.recordedRule("")
                + "{ name = plain, users = [alice], to = [\"127.0.0.1:1-65535\"] }"
                + "]");
    ssh = bastion.ssh().host("instance", instance.behindBastion());
  }

  @AfterAll
  static void stop() {
    instance.close();
    bastion.close();
  }

  private static AuditReader.Event session(String command) {
    return bastion
        .audit()
        .await(
            "session-closed",
            event -> event.json().at("/unmapped/command").asString("").equals(command));
  }

  private static Path recordingOf(AuditReader.Event session) throws IOException {
    String id = session.json().at("/connection_info/uid").asString("");
    bastion.audit().await("recording-finalised", e -> e.json().toString().contains(id));
    try (Stream<Path> files = Files.walk(directory.resolve("state/recordings"))) {
      return files.filter(folder -> folder.endsWith(id)).findFirst().orElseThrow();
    }
  }

  @Test
  void aCommandThroughJumpRunsOnTheTargetAndIsRecorded() throws IOException {
    String command = "echo out; echo err >&2; exit 7";

    Command.Ended ended = ssh.ssh("instance", command);

    assertThat(ended.output()).as(ended.errors()).isEqualTo("out\n");
    assertThat(ended.errors()).contains("err\n");
    assertThat(ended.exit()).isEqualTo(7);
    AuditReader.Event closed = session(command);
    assertThat(closed.rule()).isEqualTo("recorded");
    assertThat(closed.user()).isEqualTo("alice");
    Path recording = recordingOf(closed);
    assertThat(recording.resolve("stdout")).hasContent("out\n");
    assertThat(recording.resolve("stderr")).hasContent("err\n");
  }

  @Test
  void theGatewayCommandRunsOnTheTarget() throws IOException {
    Command.Ended ended =
        ssh.ssh(
            "bastion",
            "ssh -p %d %s@127.0.0.1 'echo gateway $((20+3)); exit 3'"
                .formatted(instance.port(), instance.user()));

    assertThat(ended.output()).as(ended.errors()).isEqualTo("gateway 23\n");
    assertThat(ended.exit()).isEqualTo(3);
  }

  @Test
  void aTerminalIsRecordedAsItWasSeen() throws IOException {
    Command.Ended ended = ssh.ssh("-tt", "instance", "stty size; printf 'gr\\303\\274n\\n'");

    assertThat(ended.output()).as(ended.errors()).contains("gr\u00fcn\r\n");
    Path cast =
        recordingOf(session("stty size; printf 'gr\\303\\274n\\n'")).resolve("session.cast");
    assertThat(cast).content().contains("gr\\u00fcn\\r\\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-O", "-s"})
  void scpIsRecordedFileByFile(String protocol) throws Exception {
    Path file = Files.write(directory.resolve("up" + protocol), new byte[3_000_000]);
    Path there = directory.resolve("there" + protocol);

    Command.Ended ended = ssh.run("scp", protocol, file.toString(), "instance:" + there);

    assertThat(ended.exit()).as(ended.errors()).isZero();
    assertThat(there).hasSameBinaryContentAs(file);
    AuditReader.Event event =
        bastion
            .audit()
            .await(
                "file-transferred",
                one ->
                    one.json()
                        .at("/file/path")
                        .asString("")
                        .contains(there.getFileName().toString()));
    assertThat(event.json().at("/file/hashes/0/value").asString(""))
        .isEqualTo(sha256(new byte[3_000_000]));
  }

  @Test
  void severalSessionsShareOneConnection() throws IOException {
    Path control = directory.resolve("control");
    try (Command master = ssh.start("-M", "-N", "-o", "ControlPath=" + control, "instance")) {
      // Not what the master prints with -v: the ssh of its ProxyJump prints the same.
      Condition.await(
          "the master listens, or has failed", () -> Files.exists(control) || !master.isAlive());
      assertThat(control).as(master.errors()).exists();
      for (int i = 0; i < 3; i++) {
        assertThat(ssh.ssh("-o", "ControlPath=" + control, "instance", "echo " + i).output())
            .isEqualTo(i + "\n");
      }
    }
  }

  @Test
  void manyBytesPassBothWays() throws IOException {
    byte[] much = new byte[20_000_000];
    new java.util.Random(7).nextBytes(much);
    try (Command cat = ssh.start("instance", "cat")) {
      Thread sending =
          Thread.ofPlatform()
              .start(() -> {
                try (var in = cat.input()) {
                  in.write(much);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      assertThat(cat.output().readAllBytes()).isEqualTo(much);
      sending.join(java.time.Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aLoginThatTheRuleDoesNotNameIsRefusedInWords() {
    Command.Ended ended = ssh.ssh("-l", "oracle", "instance", "true");

    assertThat(ended.exit()).isEqualTo(255);
    assertThat(ended.errors())
        .contains("oracle on 127.0.0.1:", "is not in logins of rule recorded");
  }

  @Test
  void bytesThatAreNotSshAreRefused() throws IOException {
    try (Tunnel tunnel = Tunnel.open(ssh, "127.0.0.1:" + instance.port());
        java.net.Socket socket = tunnel.connect()) {
      socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .doesNotContain("HTTP");
    }
    assertThat(
            bastion
                .audit()
                .await("forward-closed", event -> event.detail().contains("does not speak SSH"))
                .rule())
        .isEqualTo("recorded");
  }

  @ParameterizedTest
  @CsvSource({
    "-W 127.0.0.1:22, direct-tcpip, forwards inside a recorded session are not allowed by rule"
        + " recorded",
    "-R 0:127.0.0.1:22 -o ExitOnForwardFailure=yes, tcpip-forward, remote port forwarding failed"
  })
  void nothingButSessionsUnlessTheRuleAllowsIt(String options, String request, String words) {
    Command.Ended ended =
        ssh.ssh(
            Stream.concat(Stream.of(options.split(" ")), Stream.of("instance"))
                .toArray(String[]::new));

    assertThat(ended.errors()).contains(words);
    assertThat(ended.exit()).isEqualTo(255);
    bastion.audit().await("request-refused", event -> event.request().equals(request));
  }

  /** The session reads it to its end, which is the prompt's too. */
  @Test
  void whatIsPastedBehindSshAtThePromptIsTheSessions() throws Exception {
    byte[] pasted =
        IntStream.range(0, 300)
            .mapToObj("ssh %04d is no command of the prompt's\r"::formatted)
            .collect(Collectors.joining())
            .getBytes(StandardCharsets.US_ASCII);
    try (Command prompt = ssh.start("-tt", "bastion")) {
      try (OutputStream keys = prompt.input()) {
        keys.write(
            "ssh -T -p %d %s@127.0.0.1 sha256sum\r"
                .formatted(instance.port(), instance.user())
                .getBytes(StandardCharsets.US_ASCII));
        keys.write(pasted);
      }

      Command.Ended ended = prompt.await();

      assertThat(ended.output()).contains(sha256(pasted)).doesNotContain("ssh 0");
    }
  }

  private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
