package dev.sallyport.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.common.SshConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What one user can make the bastion keep, and that others still work meanwhile. */
@Timeout(180)
final class FairSharesTest {
  private static final String MEMORY_REFUSED = "\"event_code\":\"memory-refused\"";
  private static final int CONNECTIONS = 8;
  private static final int CHANNELS = 248;

  /** The client's numbers of forwards begin here, and those of sessions with 0. */
  private static final int FORWARDS = 1000;

  /** What the test's own clients take, and garbage that is not collected at once. */
  private static final long SLACK = 24L << 20;

  @TempDir private Path directory;
  private final Targets targets = new Targets();
  private final List<RawClient> clients = new ArrayList<>();
  private HostileBastion bastion;

  @BeforeEach
  void start() throws Exception {
    bastion = new HostileBastion(directory);
  }

  @AfterEach
  void close() throws Exception {
    clients.forEach(RawClient::close);
    bastion.close();
    targets.close();
  }

  private RawClient login(String user, KeyPair key) throws Exception {
    RawClient client = RawClient.login(bastion.address(), user, key);
    clients.add(client);
    return client;
  }

  private RawClient alice() throws Exception {
    return login("alice", HostileBastion.ALICE);
  }

  private List<RawClient> aliceManyTimes() throws Exception {
    List<RawClient> all = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      all.add(alice());
    }
    return all;
  }

  @Test
  void aLoginForWhichThereIsNoMemoryIsRefusedInWords() throws Exception {
    for (RawClient client : aliceManyTimes()) {
      openIdleSessions(client);
    }
    RawClient late = RawClient.connect(bastion.address());
    clients.add(late);
    late.startAuthentication();
    late.sendSigned("alice", HostileBastion.ALICE);
    assertThat(late.disconnected()).contains("and your share is 42 MiB at the moment");
  }

  /** Whether the bastion has answered yes; a no has to be one for the share. */
  private static boolean isConfirmed(RawClient client) throws Exception {
    RawClient.Message answer =
        client.expect(
            SshConstants.SSH_MSG_CHANNEL_OPEN_CONFIRMATION,
            SshConstants.SSH_MSG_CHANNEL_OPEN_FAILURE);
    if (answer.command() == SshConstants.SSH_MSG_CHANNEL_OPEN_CONFIRMATION) {
      return true;
    }
    answer.body().getUInt();
    answer.body().getUInt();
    assertThat(answer.body().getString()).contains("and your share is");
    return false;
  }

  /** Sessions that nothing is asked of, until the share is used up; how many there are. */
  private static int openIdleSessions(RawClient client) throws Exception {
    int opened = 0;
    for (int i = 0; i < CHANNELS; i++) {
      client.openSession(i);
      if (!isConfirmed(client)) {
        return opened;
      }
      opened++;
    }
    return opened;
  }

  private void assertBobWorks() throws Exception {
    InetSocketAddress idle = targets.idle();
    RawClient bob = login("bob", HostileBastion.BOB);
    long forward = bob.forward(0, idle);
    bob.sendData(forward, new byte[1000]);
    bob.openSession(1);
    assertThat(isConfirmed(bob)).isTrue();
    assertThat(bob.answers()).isTrue();
  }

  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  @Test
  void idleSessionsOfOneUserLeaveRoomForOthersAndOneEventNamesTheUser() throws Exception {
    int opened = 0;
    for (RawClient client : aliceManyTimes()) {
      opened += openIdleSessions(client);
    }
    assertThat(opened).isBetween(100, CONNECTIONS * CHANNELS - 1);
    assertThat(bastion.memory().used()).isLessThanOrEqualTo(HostileBastion.MEMORY / 4);

    assertBobWorks();

    Condition.await("it is told", () -> bastion.told(MEMORY_REFUSED) == 1);
    assertThat(bastion.log().stream().filter(line -> line.contains(MEMORY_REFUSED)))
        .singleElement()
        .asString()
        .contains("\"name\":\"alice\"");
  }

  @Test
  void earlyDataAndForwardsThatWaitForTheirRefusalStayWithinTheShare() throws Exception {
    long before = heap();
    for (RawClient client : aliceManyTimes()) {
      for (int channel = 0; channel < CHANNELS / 2; channel++) {
        client.openForward(FORWARDS + channel, "a".repeat(4000), 22);
      }
      for (int channel = 0; channel < CHANNELS / 2; channel++) {
        client.openSession(channel);
      }
      fillSessions(client, CHANNELS / 2);
      assertThat(client.answers()).isTrue();
    }
    long kept = heap() - before;
    assertThat(kept).isLessThan(bastion.memory().used() + SLACK);
    assertThat(bastion.memory().used()).isLessThanOrEqualTo(HostileBastion.MEMORY / 4);
    assertBobWorks();
  }

  /** Fills the window of each session that is opened, until all are answered. */
  private static void fillSessions(RawClient client, int sessions) throws Exception {
    for (int answered = 0; answered < sessions; ) {
      RawClient.Message answer =
          client.expect(
              SshConstants.SSH_MSG_CHANNEL_OPEN_CONFIRMATION,
              SshConstants.SSH_MSG_CHANNEL_OPEN_FAILURE);
      if (answer.body().getUInt() >= FORWARDS) {
        continue;
      }
      answered++;
      if (answer.command() == SshConstants.SSH_MSG_CHANNEL_OPEN_CONFIRMATION) {
        long session = answer.body().getUInt();
        client.sendData(session, new byte[32 * 1024]);
        client.sendData(session, new byte[32 * 1024]);
      }
    }
  }

  @Test
  void sessionsThatNothingIsAskedOfAreClosedAndTheirMemoryIsGivenBack() throws Exception {
    bastion.sessionStart(Duration.ofSeconds(2));
    RawClient client = alice();
    long idle = bastion.memory().used();
    for (int i = 0; i < 50; i++) {
      client.openSession(i);
      assertThat(isConfirmed(client)).isTrue();
    }
    for (int i = 0; i < 50; i++) {
      client.expect(SshConstants.SSH_MSG_CHANNEL_CLOSE);
    }
    for (long recipient = 0; recipient < 50; recipient++) {
      client.sendClose(recipient);
    }
    Condition.await(
        "the memory is given back, but for what a connection with channels has",
        () -> bastion.memory().used() <= idle + 64 * 1024);
    Condition.await("it is told", () -> bastion.told("nothing was asked of this session") == 50);
    assertThat(client.answers()).isTrue();
  }

  @Test
  void everythingIsGivenBackWhenTheConnectionsEnd() throws Exception {
    InetSocketAddress idle = targets.idle();
    InetSocketAddress silent = targets.silent();
    for (int i = 0; i < CONNECTIONS; i++) {
      RawClient client = alice();
      client.forward(0, idle);
      client.openForward(1, silent);
      client.openForward(2, "127.0.0.1", 22);
      client.openForward(3, "a".repeat(4000), 22);
      client.openSession(4);
      client.send(
          SshConstants.SSH_MSG_CHANNEL_OPEN,
          packet -> {
            packet.putString("direct-tcpip");
            packet.putUInt(5);
            packet.putUInt(1 << 20);
            packet.putUInt(32 * 1024);
          });
    }
    clients.forEach(RawClient::close);
    targets.close();
    Condition.await("everything is given back", () -> bastion.memory().used() == 0);
  }
}
