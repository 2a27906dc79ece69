package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The SSH connection inside a forward whose rule demands a record, with stock clients. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InspectedForwardTest {
  private static final String NOT_SSH =
      "the rule demands a record, and the client does not speak SSH";

  @TempDir Path directory;
  private final TestChannels channels = new TestChannels();
  private InspectingBastion bastion;
  private TcpTarget target;

  @BeforeEach
  void start() throws IOException {
    target = TcpTarget.echoes();
    bastion = start("");
  }

  private InspectingBastion start(String moreOfTheRule, String... settings) throws IOException {
    List<String> all = new ArrayList<>(InspectingBastion.rules(moreOfTheRule));
    all.addAll(List.of(settings));
    return new InspectingBastion(directory, channels, all.toArray(String[]::new));
  }

  @AfterEach
  void stop() throws IOException {
    bastion.close();
    target.close();
  }

  private void restart(String moreOfTheRule, String... settings) throws IOException {
    bastion.close();
    bastion = start(moreOfTheRule, settings);
  }

  /** As users type it: through the bastion to the target. */
  private Command.Ended jump(String login, String... more) {
    return bastion.ssh().ssh(jumpWords(login, more));
  }

  private String[] jumpWords(String login, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of("-l", login, "-J", "bastion", "-p", "" + target.port(), "127.0.0.1"));
    words.addAll(List.of(more));
    return words.toArray(String[]::new);
  }

  @Test
  void aSessionEndsAtTheBastionWithoutASecondLogin() {
    Command.Ended ended = jump("ec2-user", "who");

    assertThat(ended.errors()).doesNotContain("Permission denied");
    assertThat(ended.output())
        .isEqualTo("ec2-user on 127.0.0.1:%d by rule web-ssh\n".formatted(target.port()));
    assertThat(ended.exit()).isZero();
    AuditReader.Event closed = bastion.audit().await("forward-closed");
    assertThat(closed.detail()).startsWith("the client ");
    assertThat(closed.bytesFromClient()).isGreaterThan(1000);
    assertThat(closed.bytesToClient()).isGreaterThan(1000);
    assertThat(target.received()).isZero();
    assertThat(target.connections()).isEqualTo(1);
  }

  /** Its client may make the library keep more than the window. */
  @Test
  void anInspectedForwardTakesMoreOfTheMemoryForForwardsThanItsWindowAndGivesItBack()
      throws IOException {
    bastion.close();
    bastion =
        new InspectingBastion(
            directory,
            channels,
            // A user may hold a quarter of seven eighths: two connections, and one such forward.
            560L * 1024 * 32 / 7 + 8,
            InspectingBastion.rules("").toArray(String[]::new));
    try (Tunnel tunnel = Tunnel.open(bastion.ssh(), target.address());
        Socket first = tunnel.connect()) {
      assertThat(first.getInputStream().read()).isEqualTo('S');

      assertThat(jump("ec2-user", "who").errors()).contains("your share is 1 MiB at the moment");
    }
    Condition.await("the first is over", () -> bastion.forwards() == 0);
    assertThat(jump("ec2-user", "who").exit()).isZero();
  }

  @Test
  void aClientThatTrustsTheAuthorityAsksNothingAboutTheTarget() throws IOException {
    bastion.trustAuthority();

    Command.Ended ended = jump("ec2-user", "-o", "StrictHostKeyChecking=yes", "who");

    assertThat(ended.output()).startsWith("ec2-user on");
    assertThat(ended.exit()).as(ended.errors()).isZero();
  }

  @Test
  void localhostOfAnLIsAmongTheNames() throws IOException {
    bastion.trustAuthority();
    try (Tunnel tunnel = Tunnel.open(bastion.ssh(), target.address())) {
      Command.Ended ended =
          bastion
              .ssh()
              .ssh(
                  "-o",
                  "StrictHostKeyChecking=yes",
                  "-p",
                  "" + tunnel.port(),
                  "ec2-user@localhost",
                  "who");

      assertThat(ended.errors()).isEmpty();
      assertThat(ended.output()).startsWith("ec2-user on 127.0.0.1:");
    }
  }

  @Test
  void anotherAuthorityIsNotTaken() throws IOException {
    Path other = OpenSsh.makeKey(directory.resolve("other-ca"), "-t", "ed25519");
    Files.writeString(
        bastion.ssh().knownHosts(),
        "@cert-authority * " + Files.readString(Path.of(other + ".pub")));

    Command.Ended ended = jump("ec2-user", "-o", "StrictHostKeyChecking=yes", "who");

    assertThat(ended.exit()).isEqualTo(255);
    assertThat(ended.errors()).contains("Host key verification failed");
    assertThat(ended.output()).isEmpty();
  }

  @Test
  void aNameThatIsNotTheTargetsIsNotCertified() throws IOException {
    bastion.trustAuthority();
    try (Tunnel tunnel = Tunnel.open(bastion.ssh(), target.address())) {
      Command.Ended ended =
          bastion
              .ssh()
              .ssh(
                  "-o",
                  "StrictHostKeyChecking=yes",
                  "-o",
                  "HostKeyAlias=github.com",
                  "-p",
                  "" + tunnel.port(),
                  "ec2-user@localhost",
                  "who");

      assertThat(ended.exit()).isEqualTo(255);
      assertThat(ended.errors()).contains("github.com").contains("not a listed principal");
    }
  }

  @Test
  void whoDoesNotKnowTheAuthorityRemembersAKeyThatStays() throws IOException {
    assertThat(jump("ec2-user", "who").exit()).isZero();
    assertThat(Files.readString(bastion.ssh().knownHosts())).contains("ssh-ed25519 ");
    restart("");

    Command.Ended ended = jump("ec2-user", "-o", "StrictHostKeyChecking=yes", "who");

    assertThat(ended.exit()).as(ended.errors()).isZero();
  }

  @Test
  void aLoginThatTheRuleDoesNotAllowIsRefusedInWords() {
    Command.Ended ended = jump("root", "who");

    String words =
        "root on 127.0.0.1:%d is not in logins of rule web-ssh; you may log in as ec2-user"
            .formatted(target.port());
    assertThat(ended.exit()).isEqualTo(255);
    assertThat(ended.errors()).contains("sallyport: " + words);
    AuditReader.Event refused = bastion.audit().await("request-refused");
    assertThat(refused.request()).isEqualTo("login");
    assertThat(refused.requestDetail()).isEqualTo("root");
    assertThat(refused.detail()).isEqualTo(words);
    assertThat(refused.user()).isEqualTo("alice");
    assertThat(bastion.audit().await("forward-closed").detail()).isEqualTo(words);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET / HTTP/1.1\r\n\r\n", "\u0016\u0003\u0001", "SSH-1.5-old\r\n"})
  void whoDoesNotSpeakSshReadsOneSentenceAndNothingElse(String bytes) throws IOException {
    try (Tunnel tunnel = Tunnel.open(bastion.ssh(), target.address());
        Socket client = tunnel.connect()) {
      client.getOutputStream().write(bytes.getBytes(StandardCharsets.UTF_8));

      assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
          .matches(
              "SSH-2\\.0-[ -~]+\r\n"
                  + "sallyport: this forward to 127\\.0\\.0\\.1:%d is recorded by rule web-ssh,"
                      .formatted(target.port())
                  + " and only SSH is allowed in it\r\n");
      assertThat(bastion.audit().await("forward-closed").detail()).isEqualTo(NOT_SSH);
      assertThat(target.received()).isZero();
    }
  }

  @Test
  void aClientThatSaysNothingEndsWithTheGraceOfALogin() throws IOException {
    // Long enough for the login to the bastion, for which it counts too.
    restart("", "limits.login-grace = 5 s");
    try (Tunnel tunnel = Tunnel.open(bastion.ssh(), target.address());
        Socket client = tunnel.connect()) {
      client.getInputStream().readAllBytes();

      assertThat(bastion.audit().await("forward-closed").detail()).isEqualTo(NOT_SSH);
    }
  }

  @Test
  void anIdleSessionEndsWithTheForward() throws IOException {
    restart("", "limits.forward-idle-timeout = 2 s");

    Command.Ended ended = jump("ec2-user", "count-nothing-but-wait");

    assertThat(ended.exit()).isEqualTo(255);
    assertThat(bastion.audit().await("forward-closed").detail()).isEqualTo("idle for 2 s");
  }

  @Test
  void aClientThatDoesNotReadHoldsUpWhoSendsToIt() throws IOException {
    long size = 1L << 30;
    try (Command client = bastion.ssh().start(jumpWords("ec2-user", "zeros " + size))) {
      long stopped = Quiet.await("sending", channels.sent::get);

      assertThat(stopped).isLessThan(16 << 20);
      assertThat(client.output().readNBytes(32 << 20)).hasSize(32 << 20);
      Condition.await("who sends goes on", () -> channels.sent.get() >= 32 << 20);
    }
  }

  @Test
  void aClientThatIsKilledLeavesNothing() throws Exception {
    try (Command client = bastion.ssh().start(jumpWords("ec2-user", "wait"))) {
      Condition.await("the session is open", () -> channels.open.get() == 1);
      client.signal("KILL");
    }

    channels.ended.await();
    Condition.await("the channel is gone", () -> channels.open.get() == 0);
    Condition.await("the forward is gone", () -> bastion.forwards() == 0);
    bastion.audit().await("forward-closed");
  }

  @Test
  void forwardsInsideAreRefusedInWords() {
    Command.Ended ended = jump("ec2-user", "-W", "127.0.0.1:22");

    assertThat(ended.errors())
        .contains("forwards inside a recorded session are not allowed by rule web-ssh");
    assertThat(bastion.audit().await("request-refused").request()).isEqualTo("direct-tcpip");
  }

  @Test
  void forwardsInsideAreAskedForWhereTheRuleSaysSo() throws Exception {
    restart(", inner = [forward]");
    try (Command client = bastion.ssh().start(jumpWords("ec2-user", "-W", "127.0.0.1:22"))) {
      Condition.await("the forward is asked for", () -> channels.open.get() == 1);
      assertThat(client.isAlive()).isTrue();
    }
  }

  @Test
  void remoteForwardsInsideAreRefusedAndTold() {
    Command.Ended ended =
        jump("ec2-user", "-N", "-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:22");

    assertThat(ended.exit()).isEqualTo(255);
    assertThat(bastion.audit().await("request-refused").request()).isEqualTo("tcpip-forward");
  }

  @Test
  void bytesGoBothWaysWhileKeysChange() throws Exception {
    int size = 64 << 20;
    String rekey = "RekeyLimit=8M";
    try (Command down = bastion.ssh().start(jumpWords("ec2-user", "-o", rekey, "zeros " + size));
        Command up = bastion.ssh().start(jumpWords("ec2-user", "-o", rekey, "count"))) {
      Thread sending = Thread.ofVirtual().start(() -> sendZeros(up, size));
      assertThat(count(down)).isEqualTo(size);
      assertThat(up.await().output()).isEqualTo(size + "\n");
      sending.join();
    }
  }

  private static long count(Command command) throws IOException {
    long count = 0;
    byte[] some = new byte[1 << 16];
    for (int read = command.output().read(some); read >= 0; read = command.output().read(some)) {
      count += read;
    }
    return count;
  }

  private static void sendZeros(Command command, long size) {
    try (OutputStream out = command.input()) {
      byte[] some = new byte[1 << 16];
      for (long left = size; left > 0; left -= some.length) {
        out.write(some);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
