package dev.sallyport.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.AuditSettings;
import dev.sallyport.audit.Condition;
import dev.sallyport.forward.ForwardSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
final class HostileLoginTest {
  private static final String SUCCEEDED = "\"event_code\":\"authentication-succeeded\"";
  private static final String FAILED = "\"event_code\":\"authentication-failed\"";

  @TempDir private Path directory;

  @Test
  void aKeyThatIsOnlyOfferedOpensNothing() throws Exception {
    try (var bastion = new HostileBastion(directory);
        var client = RawClient.connect(bastion.address())) {
      client.startAuthentication();
      client.sendProbe("alice", HostileBastion.ALICE);
      client.expect(SshConstants.SSH_MSG_USERAUTH_PK_OK);
      client.openForward(0, "127.0.0.2", 80);
      client.awaitEnd();
      Condition.await("the end is told", () -> bastion.told("connection-closed") == 1);
      assertThat(bastion.told(SUCCEEDED)).isZero();
      assertThat(bastion.told(FAILED)).isOne();
      assertThat(bastion.told("the key may log in, but its possession was not proven"))
          .isPositive();
    }
  }

  @Test
  void aKeyThatIsAskedAboutIsNoFailureAndOneThatSignsIs() throws Exception {
    try (var bastion = new HostileBastion(directory)) {
      try (var client = RawClient.connect(bastion.address())) {
        client.startAuthentication();
        client.sendProbe("alice", HostileBastion.MALLORY);
        client.expect(SshConstants.SSH_MSG_USERAUTH_FAILURE);
        client.sendSigned("alice", HostileBastion.MALLORY);
        client.expect(SshConstants.SSH_MSG_USERAUTH_FAILURE);
        Condition.await("the attempt is told at once", () -> bastion.told(FAILED) == 1);
      }
      Condition.await("the end is told", () -> bastion.told("connection-closed") == 1);
      assertThat(bastion.told(FAILED)).as("the question is not told again").isOne();
    }
  }

  @Test
  void aKeyThatIsAskedAboutWithAnAlgorithmThatNobodyMaySignWithIsNoFailure() throws Exception {
    try (var bastion = new HostileBastion(directory)) {
      try (var client = RawClient.connect(bastion.address())) {
        client.startAuthentication();
        client.send(
            SshConstants.SSH_MSG_USERAUTH_REQUEST,
            packet -> {
              packet.putString("alice");
              packet.putString("ssh-connection");
              packet.putString("publickey");
              packet.putBoolean(false);
              packet.putString("ssh-dss");
              Buffer blob = new ByteArrayBuffer();
              blob.putRawPublicKey(HostileBastion.ALICE.getPublic());
              packet.putBytes(blob.getCompactData());
            });
        client.expect(SshConstants.SSH_MSG_USERAUTH_FAILURE);
        assertThat(bastion.told(FAILED)).isZero();
      }
      Condition.await("the end is told", () -> bastion.told("connection-closed") == 1);
      assertThat(bastion.told(FAILED)).isOne();
      assertThat(bastion.told("the signature does not hold")).isZero();
    }
  }

  /** A plugin may hand the type to a program. */
  @ParameterizedTest
  @ValueSource(strings = {"--output=/tmp/x", "../ssh-rsa", "ssh-rsa\nssh-rsa", "\u001b[31m"})
  void noPluginIsAskedAboutAKeyWhoseTypeIsNone(String type) throws Exception {
    try (var bastion = new HostileBastion(directory);
        var client = RawClient.connect(bastion.address())) {
      client.startAuthentication();
      client.send(
          SshConstants.SSH_MSG_USERAUTH_REQUEST,
          packet -> {
            packet.putString("alice");
            packet.putString("ssh-connection");
            packet.putString("publickey");
            packet.putBoolean(false);
            packet.putString("ssh-ed25519");
            Buffer blob = new ByteArrayBuffer();
            blob.putString(type);
            packet.putBytes(blob.getCompactData());
          });
      client.expect(SshConstants.SSH_MSG_USERAUTH_FAILURE);
      Condition.await("the failure is told", () -> bastion.told(FAILED) == 1);
      assertThat(bastion.told("the request is not valid")).isOne();
      assertPrintable(bastion.log());
    }
  }

  @Test
  void aSignatureOfAnotherKeyProvesNothing() throws Exception {
    try (var bastion = new HostileBastion(directory);
        var client = RawClient.connect(bastion.address())) {
      client.startAuthentication();
      byte[] foreign =
          RawClient.sign(client.sessionId(), "alice", "ssh-connection", HostileBastion.MALLORY);
      client.sendSigned("alice", "ssh-connection", HostileBastion.ALICE, foreign);
      client.expect(SshConstants.SSH_MSG_USERAUTH_FAILURE);
      Condition.await("the failure is told", () -> bastion.told(FAILED) == 1);
      assertThat(bastion.told("the signature does not hold")).isOne();
      assertThat(bastion.told(SUCCEEDED)).isZero();
    }
  }

  @Test
  void aSignatureOverAnotherUsersNameOrAnotherSessionProvesNothing() throws Exception {
    try (var bastion = new HostileBastion(directory);
        var client = RawClient.connect(bastion.address())) {
      client.startAuthentication();
      client.sendSigned(
          "alice",
          "ssh-connection",
          HostileBastion.ALICE,
          RawClient.sign(client.sessionId(), "bob", "ssh-connection", HostileBastion.ALICE));
      client.expect(SshConstants.SSH_MSG_USERAUTH_FAILURE);
      client.sendSigned(
          "alice",
          "ssh-connection",
          HostileBastion.ALICE,
          RawClient.sign(new byte[32], "alice", "ssh-connection", HostileBastion.ALICE));
      client.expect(SshConstants.SSH_MSG_USERAUTH_FAILURE);
      assertThat(bastion.told(SUCCEEDED)).isZero();
    }
  }

  @Test
  void anotherUserNameInTheMiddleEndsTheConnection() throws Exception {
    try (var bastion = new HostileBastion(directory);
        var client = RawClient.connect(bastion.address())) {
      client.startAuthentication();
      client.sendProbe("alice", HostileBastion.ALICE);
      client.expect(SshConstants.SSH_MSG_USERAUTH_PK_OK);
      client.sendSigned("bob\n\u001b[31m", HostileBastion.BOB);
      client.awaitEnd();
      Condition.await("the end is told", () -> bastion.told("connection-closed") == 1);
      assertThat(bastion.told(SUCCEEDED)).isZero();
      assertPrintable(bastion.log());
    }
  }

  @Test
  void theConnectionProtocolDoesNotStartBeforeALogin() throws Exception {
    try (var bastion = new HostileBastion(directory);
        var client = RawClient.connect(bastion.address())) {
      client.requestService("ssh-connection");
      client.trySend(SshConstants.SSH_MSG_CHANNEL_OPEN, packet -> packet.putString("session"));
      client.awaitEnd();
      assertThat(bastion.told(SUCCEEDED)).isZero();
    }
  }

  @Test
  void askingForAuthenticationAgainGivesNoNewTries() throws Exception {
    try (var bastion = new HostileBastion(directory);
        var client = RawClient.connect(bastion.address())) {
      client.startAuthentication();
      for (int i = 0; i < 5; i++) {
        client.sendProbe("alice", HostileBastion.MALLORY);
        client.expect(SshConstants.SSH_MSG_USERAUTH_FAILURE);
      }
      client.requestService("ssh-userauth");
      client.awaitEnd();
    }
  }

  @Test
  void anotherServiceThanConnectionsIsNotLoggedInTo() throws Exception {
    try (var bastion = new HostileBastion(directory);
        var client = RawClient.connect(bastion.address())) {
      client.startAuthentication();
      client.sendSigned(
          "alice",
          "ssh-userauth",
          HostileBastion.ALICE,
          RawClient.sign(client.sessionId(), "alice", "ssh-userauth", HostileBastion.ALICE));
      client.awaitEnd();
      assertThat(bastion.told(SUCCEEDED)).isZero();
    }
  }

  @Test
  void aConnectionHasOneService() throws Exception {
    try (var bastion = new HostileBastion(directory);
        var client = RawClient.login(bastion.address(), "alice", HostileBastion.ALICE)) {
      client.requestService("ssh-connection");
      client.awaitEnd();
    }
  }

  @Test
  void aLoginRequestAfterTheLoginChangesNothing() throws Exception {
    try (var bastion = new HostileBastion(directory);
        var client = RawClient.login(bastion.address(), "alice", HostileBastion.ALICE)) {
      client.sendSigned("bob", HostileBastion.BOB);
      assertThat(client.answers()).isTrue();
      assertThat(bastion.told(SUCCEEDED)).isOne();
    }
  }

  /** What is in the same segment as the last try is read, but it must not be heard. */
  @Test
  void nothingIsHeardAfterTheBastionHungUp() throws Exception {
    Limits oneConnection = withConnectionsPerUser(1);
    try (var bastion = new HostileBastion(directory, oneConnection, ForwardSettings.DEFAULT)) {
      for (int i = 0; i < 3; i++) {
        try (var client = RawClient.connect(bastion.address())) {
          client.startAuthentication();
          byte[] signature =
              RawClient.sign(client.sessionId(), "alice", "ssh-connection", HostileBastion.ALICE);
          for (int tries = 0; tries < 6; tries++) {
            client.sendProbe("alice", HostileBastion.MALLORY);
          }
          client.trySend(2, packet -> packet.putString("padding"));
          try {
            client.sendSigned("alice", "ssh-connection", HostileBastion.ALICE, signature);
          } catch (IOException hungUp) {
            // As it should.
          }
          client.awaitEnd();
        }
      }
      Condition.await("the ends are told", () -> bastion.told("connection-closed") == 3);
      assertThat(bastion.told(SUCCEEDED)).isZero();
      RawClient.login(bastion.address(), "alice", HostileBastion.ALICE).close();
    }
  }

  @Test
  void thePlaceOfAUserIsFreeAgainHoweverTheConnectionsEnd() throws Exception {
    try (var bastion =
        new HostileBastion(directory, withConnectionsPerUser(8), ForwardSettings.DEFAULT)) {
      for (int round = 0; round < 6; round++) {
        List<RawClient> clients = new java.util.ArrayList<>();
        for (int i = 0; i < 8; i++) {
          RawClient client = RawClient.connect(bastion.address());
          client.startAuthentication();
          client.sendSigned("alice", HostileBastion.ALICE);
          clients.add(client);
        }
        if (round % 2 == 0) {
          for (RawClient client : clients) {
            client.expect(SshConstants.SSH_MSG_USERAUTH_SUCCESS);
          }
        }
        clients.forEach(RawClient::close);
        int ended = 8 * (round + 1);
        Condition.await("the ends are told", () -> bastion.told("connection-closed") == ended);
      }
      for (int i = 0; i < 8; i++) {
        RawClient.login(bastion.address(), "alice", HostileBastion.ALICE);
      }
    }
  }

  static List<String> names() {
    return List.of(
        "",
        "a".repeat(32 * 1024),
        "alice\u0000",
        "alice\nroot",
        "../../etc/passwd",
        "\u202ealice",
        "\u001b]0;owned\u0007");
  }

  @ParameterizedTest
  @MethodSource("names")
  void aNameThatIsNoneIsRefusedAndLoggedEscaped(String name) throws Exception {
    try (var bastion = new HostileBastion(directory);
        var client = RawClient.connect(bastion.address())) {
      client.startAuthentication();
      client.sendSigned(name, HostileBastion.ALICE);
      client.expect(SshConstants.SSH_MSG_USERAUTH_FAILURE);
      Condition.await("the failure is told", () -> bastion.told(FAILED) == 1);
      assertPrintable(bastion.log());
      assertThat(bastion.told(SUCCEEDED)).isZero();
    }
  }

  @Test
  void failuresOfStrangersAreCountedAndTheirLinesBounded() throws Exception {
    try (var bastion =
        new HostileBastion(
            directory,
            HostileBastion.LIMITS,
            ForwardSettings.DEFAULT,
            new AuditSettings(10, Duration.ofHours(1)))) {
      for (int i = 0; i < 20; i++) {
        try (var client = RawClient.connect(bastion.address())) {
          client.startAuthentication();
          for (int tries = 0; tries < 6; tries++) {
            KeyPair key = KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
            client.sendProbe("alice", key);
          }
          assertThat(client.disconnected()).isEqualTo("Too many authentication failures");
        }
      }
      // What the bucket gains while the test runs is the slack.
      assertThat(bastion.log()).hasSizeLessThan(40);
    }
  }

  /**
   * "none" is a question, not a failure, but it takes its time: it ends with the grace or before.
   */
  @Test
  void questionsForTheMethodsEndWithTheGraceOrBefore() throws Exception {
    Limits limits =
        new Limits(
            1000,
            30,
            2000,
            1000,
            Duration.ofSeconds(5),
            6,
            1,
            256,
            Duration.ZERO,
            3,
            Duration.ofSeconds(60));
    try (var bastion = new HostileBastion(directory, limits, ForwardSettings.DEFAULT);
        var client = RawClient.connect(bastion.address())) {
      client.startAuthentication();
      for (int i = 0; i < 10_000; i++) {
        client.trySend(
            SshConstants.SSH_MSG_USERAUTH_REQUEST,
            packet -> {
              packet.putString("alice");
              packet.putString("ssh-connection");
              packet.putString("none");
            });
      }
      client.awaitEnd();
      Condition.await("the end is told", () -> bastion.told("connection-closed") == 1);
      assertThat(bastion.log()).hasSize(2);
      assertThat(
              bastion.told("no login within 5 s")
                  + bastion.told("more than 256 messages before authentication"))
          .isOne();
    }
  }

  private static Limits withConnectionsPerUser(int connections) {
    return new Limits(
        1000,
        30,
        2000,
        1000,
        Duration.ofSeconds(60),
        6,
        connections,
        256,
        Duration.ofSeconds(30),
        3,
        Duration.ofSeconds(60));
  }

  /** Nothing that could drive a terminal, forge a line or turn the reading direction. */
  static void assertPrintable(List<String> lines) {
    for (String line : lines) {
      for (byte one : line.getBytes(StandardCharsets.UTF_8)) {
        assertThat(one).as(line).isBetween((byte) ' ', (byte) '~');
      }
      assertThat(line.length()).isLessThan(8 * 1024);
    }
  }
}
