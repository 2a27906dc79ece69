package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.transport.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people type, with nothing but OpenSSH on both ends. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FoundingCommandsTest {
  @TempDir static Path directory;
  private static TestBastion bastion;
  private static OpenSshd instance;
  private static OpenSsh ssh;

  @BeforeAll
  static void start() throws IOException {
    bastion = TestBastion.start(directory, "host-keys = [ed25519, rsa]");
    instance = new OpenSshd(directory.resolve("instance"));
    ssh =
        bastion
            .ssh()
            .host(
                "instance",
                "HostName 127.0.0.1",
                "Port " + instance.port(),
                "User " + instance.user(),
                "IdentityFile " + instance.identity());
  }

  @AfterAll
  static void stop() {
    instance.close();
    bastion.close();
  }

  @ParameterizedTest
  @CsvSource({"rsa, 2048", "rsa, 4096", "ed25519, 256", "ecdsa, 256", "ecdsa, 384", "ecdsa, 521"})
  void theTwoFoundingCommandsReachAPrivateInstance(String type, String bits) throws IOException {
    // PEM as AWS issues it; OpenSSH writes ed25519 in its own format all the same.
    Path pem = directory.resolve("local-to-bastion-" + type + bits + ".pem");
    OpenSsh.makeKey(pem, "-t", type, "-b", bits, "-m", "PEM");
    bastion.authorize("alice", pem);
    int local = FreePort.next();

    try (Command first =
        ssh.startForwards(
            "-i",
            pem.toString(),
            "-L",
            local + ":127.0.0.1:" + instance.port(),
            "-p",
            Integer.toString(bastion.port()),
            "alice@127.0.0.1")) {
      Command.Ended second =
          ssh.ssh(
              "-i",
              instance.identity().toString(),
              "-p",
              Integer.toString(local),
              instance.user() + "@localhost",
              "echo here; exit 7");

      assertThat(second.errors()).doesNotContain("rror");
      assertThat(second.output()).isEqualTo("here\n");
      assertThat(second.exit()).isEqualTo(7);
      assertThat(first.isAlive()).isTrue();
    }
    if (type.equals("rsa")) {
      assertThat(pem).content().startsWith("-----BEGIN RSA PRIVATE KEY-----");
    }
  }

  @Test
  void filesGoThroughTheForwardWithSftp() throws IOException {
    Path file = Files.write(directory.resolve("upload"), new byte[3_000_000]);
    Path there = directory.resolve("uploaded");
    Path batch = Files.writeString(directory.resolve("batch"), "put " + file + " " + there + "\n");
    int local = FreePort.next();
    try (Command first =
        ssh.startForwards("-L", local + ":127.0.0.1:" + instance.port(), "bastion")) {
      Command.Ended sftp =
          ssh.run(
              "sftp",
              "-i",
              instance.identity().toString(),
              "-P",
              Integer.toString(local),
              "-b",
              batch.toString(),
              instance.user() + "@localhost");

      assertThat(sftp.exit()).as(sftp.errors()).isZero();
      assertThat(there).hasSameBinaryContentAs(file);
      assertThat(first.isAlive()).isTrue();
    }
  }

  @Test
  void jumpsToTheInstance() {
    Command.Ended ended = ssh.ssh("-J", "bastion", "instance", "echo here; exit 7");

    assertThat(ended.errors()).doesNotContain("rror");
    assertThat(ended.output()).isEqualTo("here\n");
    assertThat(ended.exit()).isEqualTo(7);
  }

  @Test
  void copiesFilesThroughTheJump() throws IOException {
    Path file = Files.write(directory.resolve("copy"), new byte[3_000_000]);
    Path there = directory.resolve("copied");

    Command.Ended ended =
        ssh.run("scp", "-o", "ProxyJump=bastion", file.toString(), "instance:" + there);

    assertThat(ended.exit()).as(ended.errors()).isZero();
    assertThat(there).hasSameBinaryContentAs(file);
  }

  @Test
  void joinsStandardInputAndOutputToATarget() throws IOException {
    try (TcpTarget target = TcpTarget.echoes();
        Command pipe = ssh.start("-W", target.address(), "bastion")) {
      pipe.input().write("hello\n".getBytes(StandardCharsets.UTF_8));
      pipe.input().close();

      Command.Ended ended = pipe.await();

      assertThat(ended.output()).isEqualTo("hello\n");
      assertThat(ended.exit()).isZero();
    }
  }

  @Test
  void actsAsASocksProxyForEveryTargetOfTheRules() throws IOException {
    int local = FreePort.next();
    try (TcpTarget target = TcpTarget.answersAfterTheEnd();
        Command proxy = ssh.startForwards("-D", Integer.toString(local), "bastion");
        Socket socket =
            new Socket(
                new Proxy(
                    Proxy.Type.SOCKS,
                    new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), local)))) {
      socket.setSoTimeout(30_000);
      socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), target.port()));
      socket.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
      socket.shutdownOutput();

      assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo("5\nhello");
      assertThat(proxy.isAlive()).isTrue();
    }
  }

  @Test
  void aKeyThatNobodyAuthorizedDoesNotComeIn() {
    Path stranger = OpenSsh.makeKey(directory.resolve("stranger"), "-t", "ed25519");

    Command.Ended ended =
        ssh.ssh(
            "-i", stranger.toString(), "-p", Integer.toString(bastion.port()), "alice@127.0.0.1");

    assertThat(ended.exit()).isEqualTo(255);
    assertThat(ended.errors()).contains("alice@127.0.0.1: Permission denied (publickey).");
  }
}
