package dev.sallyport.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import dev.sallyport.ssh.MessageOrder;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.sshd.common.SshConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Work without end before a login ends the connection, and its source is penalised for it. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FloodTest {
  /** Only floods are penalised, and each is. */
  private static final PenaltySettings FLOODS =
      new PenaltySettings(
          true,
          Duration.ZERO,
          Duration.ZERO,
          Duration.ZERO,
          Duration.ofMinutes(1),
          Duration.ofMinutes(1),
          Duration.ZERO,
          10,
          10,
          PenaltySettings.Overflow.PERMISSIVE,
          List.of());

  @TempDir Path directory;

  private static void awaitKeptOut(HostileBastion bastion) throws Exception {
    Condition.await(
        "the log says why",
        () -> bastion.told("flooded the bastion with messages before a login") == 1);
    try (Socket socket = new Socket(bastion.address().getAddress(), bastion.address().getPort())) {
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
          .isEqualTo("Not allowed at this time\r\n");
    }
  }

  @Test
  void whoAsksForNewKeysBeforeALoginIsKeptOut() throws Exception {
    try (var bastion = new HostileBastion(directory, FLOODS);
        var client = RawClient.connect(bastion.address())) {
      client.requestNewKeys();
      client.awaitEnd();
      awaitKeptOut(bastion);
    }
  }

  @Test
  void whoSendsMessagesOfWhoeverHasLoggedInIsKeptOut() throws Exception {
    try (var bastion = new HostileBastion(directory, FLOODS);
        var client = RawClient.connect(bastion.address())) {
      client.trySend(SshConstants.SSH_MSG_GLOBAL_REQUEST, body -> body.putString("x"));
      client.awaitEnd();
      awaitKeptOut(bastion);
    }
  }

  @Test
  void whoAsksWithoutEndWhetherAKeyIsWelcomeIsKeptOut() throws Exception {
    try (var bastion = new HostileBastion(directory, FLOODS);
        var client = RawClient.connect(bastion.address())) {
      client.startAuthentication();
      for (int i = 0; i <= Conduct.MOST_MESSAGES; i++) {
        try {
          client.sendProbe("alice", HostileBastion.ALICE);
        } catch (IOException hungUp) {
          break;
        }
      }
      client.awaitEnd();
      awaitKeptOut(bastion);
      Condition.await(
          "the end is told",
          () -> bastion.told("more than 256 messages before authentication") == 1);
    }
  }

  /** Nothing of it is kept until the rest comes, which is never. */
  @Test
  void whoBeginsAPacketThatNoLoginTakesIsKeptOut() throws Exception {
    try (var bastion = new HostileBastion(directory, FLOODS);
        Socket socket = new Socket(bastion.address().getAddress(), bastion.address().getPort())) {
      ByteBuffer unfinished = ByteBuffer.allocate(64 * 1024);
      unfinished.put("SSH-2.0-x\r\n".getBytes(StandardCharsets.US_ASCII));
      unfinished.putInt(256 * 1024).put((byte) 4).put(SshConstants.SSH_MSG_IGNORE);
      try {
        socket.getOutputStream().write(unfinished.array());
      } catch (IOException ended) {
        // Before it was all sent.
      }
      awaitKeptOut(bastion);
    }
  }

  @Test
  void whoSendsAMessageThatNoLoginTakesIsKeptOut() throws Exception {
    try (var bastion = new HostileBastion(directory, FLOODS);
        var client = RawClient.connect(bastion.address())) {
      client.trySend(
          SshConstants.SSH_MSG_IGNORE,
          body -> body.putBytes(new byte[MessageOrder.LARGEST_PACKET]));
      client.awaitEnd();
      awaitKeptOut(bastion);
    }
  }

  /** A hundred keys of an agent, each a certificate with hundreds of principals. */
  @Test
  void aLoginAfterTheMostAndLargestCertificatesIsNone() throws Exception {
    try (var bastion = new HostileBastion(directory, tries(100), FLOODS);
        var client = RawClient.connect(bastion.address())) {
      client.startAuthentication();
      for (int i = 0; i < 99; i++) {
        client.send(
            SshConstants.SSH_MSG_USERAUTH_REQUEST,
            body -> {
              body.putString("alice");
              body.putString("ssh-connection");
              body.putString("publickey");
              body.putBoolean(false);
              body.putString("ssh-ed25519-cert-v01@openssh.com");
              body.putBytes(OffersTest.certificate(new byte[32 * 1024], 1));
            });
        client.expect(SshConstants.SSH_MSG_USERAUTH_FAILURE);
      }
      client.sendSigned("alice", HostileBastion.ALICE);
      client.expect(SshConstants.SSH_MSG_USERAUTH_SUCCESS);
      assertThat(bastion.told("penalty-began")).isZero();
    }
  }

  /** The library keeps what a client proposes for new keys as long as the connection is open. */
  @Test
  void whoProposesMoreForNewKeysThanAnyoneDoesIsEnded() throws Exception {
    try (var bastion = new HostileBastion(directory, FLOODS);
        var client = RawClient.login(bastion.address(), "alice", HostileBastion.ALICE)) {
      client.trySend(
          SshConstants.SSH_MSG_KEXINIT,
          body -> body.putBytes(new byte[MessageOrder.LARGEST_PACKET]));
      client.awaitEnd();
      Condition.await(
          "the log says why", () -> bastion.told("a packet of more than 35000 bytes") == 1);
    }
  }

  /** Nor is there anything else that is larger; but it is no flood of a stranger's. */
  @Test
  void aUserWhoSendsAPacketThatNobodySendsIsEndedAndNotKeptOut() throws Exception {
    try (var bastion = new HostileBastion(directory, FLOODS);
        var client = RawClient.login(bastion.address(), "alice", HostileBastion.ALICE)) {
      client.send(SshConstants.SSH_MSG_IGNORE, body -> body.putBytes(new byte[33_000]));
      assertThat(client.answers()).isTrue();
      client.trySend(
          SshConstants.SSH_MSG_IGNORE,
          body -> body.putBytes(new byte[MessageOrder.LARGEST_PACKET]));
      client.awaitEnd();
      Condition.await(
          "the log says why", () -> bastion.told("a packet of more than 35000 bytes") == 1);
      assertThat(bastion.told("penalty-began")).isZero();
    }
  }

  private static Limits tries(int most) {
    Limits all = HostileBastion.LIMITS;
    return new Limits(
        all.unauthenticatedStart(),
        all.unauthenticatedRate(),
        all.unauthenticatedFull(),
        all.unauthenticatedPerSource(),
        all.loginGrace(),
        most,
        all.connectionsPerUser(),
        all.channelsPerConnection(),
        all.keepAliveInterval(),
        all.keepAliveCount(),
        all.keyExchangeTimeout());
  }

  @Test
  void aLoginAfterManyProbesIsNone() throws Exception {
    try (var bastion = new HostileBastion(directory, FLOODS);
        var client = RawClient.connect(bastion.address())) {
      client.startAuthentication();
      for (int i = 0; i < 100; i++) {
        client.sendProbe("alice", HostileBastion.ALICE);
        client.expect(SshConstants.SSH_MSG_USERAUTH_PK_OK);
      }
      client.sendSigned("alice", HostileBastion.ALICE);
      client.expect(SshConstants.SSH_MSG_USERAUTH_SUCCESS);
      for (int i = 0; i < 2 * Conduct.MOST_MESSAGES; i++) {
        client.send(SshConstants.SSH_MSG_IGNORE, body -> body.putString("x"));
      }
      assertThat(client.answers()).isTrue();
      assertThat(bastion.told("penalty-began")).isZero();
    }
  }
}
