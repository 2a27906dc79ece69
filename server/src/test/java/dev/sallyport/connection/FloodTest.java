package dev.sallyport.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import java.io.IOException;
import java.net.Socket;
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
      assertThat(bastion.told("more than 256 messages before authentication")).isPositive();
    }
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
