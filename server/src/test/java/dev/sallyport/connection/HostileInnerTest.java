package dev.sallyport.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.List;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients of an inspected forward that break the rules of SSH. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HostileInnerTest {
  private static final KeyPair ANY_KEY = HostileBastion.MALLORY;

  @TempDir Path directory;
  private InnerServer server;

  @BeforeEach
  void start() throws IOException {
    server = new InnerServer(directory);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private RawClient connected() throws Exception {
    RawClient client = RawClient.connect(server.address());
    client.startAuthentication();
    return client;
  }

  private RawClient loggedIn() throws Exception {
    RawClient client = connected();
    none(client, "ec2-user", "ssh-connection");
    client.expect(SshConstants.SSH_MSG_USERAUTH_SUCCESS);
    return client;
  }

  private static void none(RawClient client, String login, String service) throws IOException {
    client.send(
        SshConstants.SSH_MSG_USERAUTH_REQUEST,
        packet -> {
          packet.putString(login);
          packet.putString(service);
          packet.putString("none");
        });
  }

  private static void password(RawClient client) throws IOException {
    client.send(
        SshConstants.SSH_MSG_USERAUTH_REQUEST,
        packet -> {
          packet.putString("ec2-user");
          packet.putString("ssh-connection");
          packet.putString("password");
          packet.putBoolean(false);
          packet.putString("secret");
        });
  }

  // ---- authentication ----

  @Test
  void aClientThatNeverTriesNoneGetsInWithAnyKeyThatItProves() throws Exception {
    try (RawClient client = connected()) {
      client.sendProbe("ec2-user", ANY_KEY);
      client.expect(SshConstants.SSH_MSG_USERAUTH_PK_OK);
      client.sendSigned("ec2-user", ANY_KEY);
      client.expect(SshConstants.SSH_MSG_USERAUTH_SUCCESS);
      client.openSession(0);
      client.confirmed();
    }
  }

  @Test
  void aKeyThatIsOnlyShownOpensNothing() throws Exception {
    try (RawClient client = connected()) {
      client.sendProbe("ec2-user", ANY_KEY);
      client.expect(SshConstants.SSH_MSG_USERAUTH_PK_OK);
      client.openSession(0);

      client.awaitEnd();
      assertThat(server.nextReason()).isEqualTo("message 90 before authentication");
    }
  }

  @Test
  void aSignatureThatDoesNotHoldIsAFailure() throws Exception {
    try (RawClient client = connected()) {
      byte[] others =
          RawClient.sign(client.sessionId(), "ec2-user", "ssh-connection", HostileBastion.BOB);
      client.sendSigned("ec2-user", "ssh-connection", ANY_KEY, others);

      client.expect(SshConstants.SSH_MSG_USERAUTH_FAILURE);
    }
  }

  /** Any key will do here, but the library would compute with this one for minutes. */
  @Test
  void aKeyThatIsTooCostlyIsNotRead() throws Exception {
    try (RawClient client = connected()) {
      client.send(
          SshConstants.SSH_MSG_USERAUTH_REQUEST,
          packet -> {
            packet.putString("ec2-user");
            packet.putString("ssh-connection");
            packet.putString("publickey");
            packet.putBoolean(false);
            packet.putString("ssh-dss");
            packet.putBytes(costlyKey());
          });

      client.expect(SshConstants.SSH_MSG_USERAUTH_FAILURE);
    }
  }

  /** A DSA key of 64,000 bits. */
  private static byte[] costlyKey() {
    Buffer blob = new ByteArrayBuffer();
    blob.putString("ssh-dss");
    BigInteger prime = BigInteger.ONE.shiftLeft(64_000).subtract(BigInteger.ONE);
    blob.putMPInt(prime);
    blob.putMPInt(prime.shiftRight(1));
    blob.putMPInt(BigInteger.TWO);
    blob.putMPInt(prime.shiftRight(2));
    return blob.getCompactData();
  }

  @Test
  void aPasswordIsNeverAskedFor() throws Exception {
    try (RawClient client = connected()) {
      password(client);

      Buffer failure = client.expect(SshConstants.SSH_MSG_USERAUTH_FAILURE).body();
      assertThat(failure.getString()).isEqualTo("publickey");
    }
  }

  @Test
  void whoGuessesPasswordsIsSentAway() throws Exception {
    try (RawClient client = connected()) {
      for (int i = 0; i < 5; i++) {
        client.trySend(
            SshConstants.SSH_MSG_USERAUTH_REQUEST,
            packet -> {
              packet.putString("ec2-user");
              packet.putString("ssh-connection");
              packet.putString("password");
              packet.putBoolean(false);
              packet.putString("guess");
            });
      }

      assertThat(client.disconnected()).startsWith("Too many authentication failures");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\u0000b", "e\u001b[31mvil", "a\nb"})
  void aLoginThatIsNoneIsRefused(String login) throws Exception {
    try (RawClient client = connected()) {
      none(client, login, "ssh-connection");

      assertThat(client.disconnected()).endsWith("\" is not a login").matches("[ -~]+");
      assertThat(server.nextReason()).endsWith("\" is not a login").matches("[ -~]+");
    }
  }

  @Test
  void aLoginOfThirtyThousandCharactersIsKeptNowhere() throws Exception {
    try (RawClient client = connected()) {
      none(client, "r".repeat(30_000), "ssh-connection");

      assertThat(client.disconnected()).hasSizeLessThan(200);
      Condition.await("it is told", () -> told("is not a login") == 1);
      assertThat(told("r".repeat(2000))).isZero();
    }
  }

  private long told(String text) {
    return log().stream().filter(line -> line.contains(text)).count();
  }

  @Test
  void aKeyDoesNotHelpALoginThatTheRuleDoesNotAllow() throws Exception {
    try (RawClient client = connected()) {
      client.sendSigned("root", ANY_KEY);

      assertThat(client.disconnected())
          .isEqualTo(
              "root on 10.0.2.15:22 is not in logins of rule web-ssh;"
                  + " you may log in as ec2-user");
    }
  }

  @Test
  void aLoginToAnotherServiceIsRefused() throws Exception {
    try (RawClient client = connected()) {
      none(client, "ec2-user", "ssh-userauth");

      assertThat(client.disconnected()).isEqualTo("a login to another service");
    }
  }

  @Test
  void thereIsOneAuthentication() throws Exception {
    try (RawClient client = loggedIn()) {
      client.requestService("ssh-userauth");

      assertThat(client.disconnected()).isEqualTo("Bad service request: ssh-userauth");
    }
  }

  @Test
  void newKeysBeforeTheLoginAreRefused() throws Exception {
    try (RawClient client = connected()) {
      client.requestNewKeys();

      client.awaitEnd();
      assertThat(server.nextReason()).isEqualTo("new keys asked for before authentication");
    }
  }

  @Test
  void anExchangeThatStallsEnds() throws Exception {
    try (RawClient client = loggedIn()) {
      client.stallExchanges();
      client.requestNewKeys();

      assertThat(server.nextReason())
          .isEqualTo(
              "a key exchange took longer than %d s"
                  .formatted(InnerServer.KEY_EXCHANGE_TIMEOUT.toSeconds()));
    }
  }

  @Test
  void aPacketThatNoLoginTakesEnds() throws Exception {
    try (RawClient client = connected()) {
      client.trySend(SshConstants.SSH_MSG_IGNORE, packet -> packet.putBytes(new byte[40_000]));

      assertThat(server.nextReason()).startsWith("a packet of more than 35000 bytes");
    }
  }

  /** One user may have hundreds of inner connections. */
  @Test
  void noPacketIsLargerThoughTheClientHasLoggedIn() throws Exception {
    try (RawClient client = loggedIn()) {
      client.trySend(SshConstants.SSH_MSG_IGNORE, packet -> packet.putBytes(new byte[200_000]));

      assertThat(server.nextReason()).startsWith("a packet of more than 35000 bytes");
    }
  }

  // ---- channels ----

  @Test
  void channelsAreBoundedAndTheLimitIsToldOnce() throws Exception {
    try (RawClient client = loggedIn()) {
      for (int i = 0; i < 4; i++) {
        client.openSession(i);
        client.confirmed();
      }
      for (int i = 0; i < 3; i++) {
        client.openSession(10 + i);
        assertThat(client.refusal()).contains("4 channels open, which is the limit");
      }
      Condition.await("it is told", () -> told("which is the limit") == 1);
    }
  }

  @Test
  void aChannelThatIsClosedGivesItsPlaceBack() throws Exception {
    try (RawClient client = loggedIn()) {
      for (int i = 0; i < 20; i++) {
        client.openSession(i);
        long channel = client.confirmed();
        client.sendClose(channel);
        client.expect(SshConstants.SSH_MSG_CHANNEL_CLOSE);
      }
    }
  }

  @Test
  void channelsOfOtherTypesAreRefusedInWords() throws Exception {
    try (RawClient client = loggedIn()) {
      client.send(
          SshConstants.SSH_MSG_CHANNEL_OPEN,
          packet -> {
            packet.putString("tun@openssh.com");
            packet.putUInt(0);
            packet.putUInt(1 << 20);
            packet.putUInt(1 << 15);
          });

      assertThat(client.refusal()).isEqualTo("tunnel devices are not forwarded by this bastion");
      assertThat(client.answers()).isTrue();
    }
  }

  @Test
  void noMoreSessionsIsKept() throws Exception {
    try (RawClient client = loggedIn()) {
      client.send(
          SshConstants.SSH_MSG_GLOBAL_REQUEST,
          packet -> {
            packet.putString("no-more-sessions@openssh.com");
            packet.putBoolean(true);
          });
      client.expect(SshConstants.SSH_MSG_REQUEST_SUCCESS);
      client.openSession(0);

      assertThat(client.refusal()).isEqualTo("the client asked for no more sessions");
    }
  }

  @Test
  void ofRequestsThatAreRefusedTheLogHasTheNumberThoughTheClientLeaves() throws Exception {
    try (RawClient client = loggedIn()) {
      for (int i = 0; i < 1000; i++) {
        client.send(
            SshConstants.SSH_MSG_GLOBAL_REQUEST,
            packet -> {
              packet.putString("tcpip-forward");
              packet.putBoolean(false);
            });
      }
      assertThat(client.answers()).isTrue();
    }
    assertThat(server.nextReason()).isNotEmpty();
    Condition.await("all are told", () -> HostileChannelTest.refused(log()) == 1000);
  }

  private List<String> log() {
    try {
      return server.log();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- identification ----

  @ParameterizedTest
  @ValueSource(
      strings = {"SSH-1.5-old\r\n", "SSH-9\r\n", "hello\r\nSSH-2.0-x\r\n", "\r\n", "\u0016\u0003"})
  void whatIsNoIdentificationEnds(String bytes) throws Exception {
    try (Socket socket = new Socket(server.address().getAddress(), server.address().getPort())) {
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));

      assertThat(server.nextReason())
          .isEqualTo("the rule demands a record, and the client does not speak SSH");
    }
  }

  @Test
  void anIdentificationByteByByteIsOne() throws Exception {
    try (Socket socket = new Socket(server.address().getAddress(), server.address().getPort())) {
      socket.setTcpNoDelay(true);
      for (byte one : "SSH-1.99-x\r\n".getBytes(StandardCharsets.US_ASCII)) {
        socket.getOutputStream().write(one);
        socket.getOutputStream().flush();
      }
      byte[] first = socket.getInputStream().readNBytes(8);
      assertThat(new String(first, StandardCharsets.US_ASCII)).isEqualTo("SSH-2.0-");
      socket.shutdownOutput();

      assertThat(server.nextReason()).isEqualTo("the client closed the connection");
    }
  }
}
