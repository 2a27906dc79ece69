package dev.sallyport.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.AuditSettings;
import dev.sallyport.audit.Condition;
import dev.sallyport.audit.EventLimit;
import dev.sallyport.forward.ForwardSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.apache.sshd.common.SshConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A user who causes events as fast as a client can, and those beside. */
@Timeout(120)
final class EventFloodTest {
  private static final String OPENED = "\"event_code\":\"forward-opened\"";
  private static final String CLOSED = "\"event_code\":\"forward-closed\"";
  private static final String REFUSED = "\"event_code\":\"forward-refused\"";
  private static final String LOGGED_IN = "\"event_code\":\"authentication-succeeded\"";
  private static final String ALICE = "\"name\":\"alice\"";

  /** Of it nothing comes due while a test runs, as far as it matters. */
  private static final EventLimit NEARLY_NONE = new EventLimit(1, 60);

  @TempDir private Path directory;
  private final Targets targets = new Targets();
  private final List<RawClient> clients = new ArrayList<>();
  private HostileBastion bastion;

  @BeforeEach
  void start() throws Exception {
    Limits few =
        new Limits(
            8,
            100,
            8,
            8,
            Duration.ofSeconds(60),
            6,
            50,
            256,
            Duration.ofSeconds(30),
            3,
            Duration.ofSeconds(60));
    bastion = new HostileBastion(directory, few, ForwardSettings.DEFAULT, AuditSettings.DEFAULT);
    bastion.limitEvents(NEARLY_NONE);
  }

  private RawClient alice() throws Exception {
    return login("alice");
  }

  private RawClient login(String user) throws Exception {
    RawClient client =
        RawClient.login(
            bastion.address(),
            user,
            user.equals("alice") ? HostileBastion.ALICE : HostileBastion.BOB);
    clients.add(client);
    return client;
  }

  @AfterEach
  void close() throws Exception {
    for (RawClient client : clients) {
      client.close();
    }
    bastion.close();
    targets.close();
  }

  private static void openAndClose(RawClient client, InetSocketAddress target, int times)
      throws Exception {
    for (int i = 0; i < times; i++) {
      client.sendClose(client.forward(i, target));
      client.expect(SshConstants.SSH_MSG_CHANNEL_CLOSE);
    }
  }

  private long linesOfAlice() {
    return bastion.log().stream().filter(line -> line.contains(ALICE)).count();
  }

  @Test
  void manyConnectionsTogetherAreNoFasterThanTheRateAndNothingIsLost() throws Exception {
    EventLimit limit = new EventLimit(100, 60);
    long connections = 4;
    int each = 60;
    long begin = System.nanoTime();
    bastion.limitEvents(limit);
    InetSocketAddress idle = targets.idle();
    List<FutureTask<Void>> running = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      RawClient client = alice();
      FutureTask<Void> task =
          new FutureTask<>(() -> {
            openAndClose(client, idle, each);
            return null;
          });
      running.add(task);
      Thread.ofVirtual().start(task);
    }
    // At any time: the lines are counted first, so that what comes meanwhile is to their favour.
    while (!running.stream().allMatch(FutureTask::isDone)) {
      long lines = linesOfAlice();
      double seconds = (System.nanoTime() - begin) / 1e9;
      assertThat((double) lines).isLessThanOrEqualTo(limit.burst() + seconds * limit.perSecond());
    }
    for (FutureTask<Void> task : running) {
      task.get();
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    assertThat(seconds).isGreaterThan((2.0 * connections * each - limit.burst()) / 100);
    Condition.await("all are closed", () -> bastion.told(CLOSED) == connections * each);
    assertThat(bastion.told(OPENED)).isEqualTo(connections * each);
  }

  @Test
  void othersAreNotDelayedAndWhoLeavesWaitsNoLonger() throws Exception {
    InetSocketAddress idle = targets.idle();
    RawClient first = alice();
    RawClient second = alice();
    openAndClose(first, idle, 27);
    for (int i = 0; i < 100; i++) {
      first.openForward(1000 + i, idle);
      second.openForward(1000 + i, idle);
    }
    assertThat(first.answers()).isTrue();
    assertThat(second.answers()).isTrue();
    long waiting = bastion.forwards();
    assertThat(waiting).isGreaterThan(150);

    // As many as bob's own burst has.
    openAndClose(login("bob"), idle, 28);

    assertThat(bastion.told(OPENED)).isLessThan(27 + 28 + 60);
    assertThat(bastion.forwards()).isGreaterThan(100);
    long told = bastion.told(OPENED);
    first.close();
    second.close();
    Condition.await("nobody waits", () -> bastion.forwards() == 0);
    assertThat(bastion.told(OPENED) - told).isLessThan(60);
    Condition.await(
        "each that was opened is closed", () -> bastion.told(CLOSED) == bastion.told(OPENED));
  }

  @Test
  void endsAreNeverDelayed() throws Exception {
    InetSocketAddress idle = targets.idle();
    RawClient client = alice();
    long[] open = new long[28];
    for (int i = 0; i < open.length; i++) {
      open[i] = client.forward(i, idle);
    }
    for (int i = 0; i < 100; i++) {
      client.openForward(1000 + i, idle);
    }
    assertThat(client.answers()).isTrue();

    for (long channel : open) {
      client.sendClose(channel);
    }

    Condition.await("all ends are in the log", () -> bastion.told(CLOSED) >= open.length);
  }

  @Test
  void aStopWaitsForNobodyWhoWaitsAndRefusesThemInWords() throws Exception {
    InetSocketAddress idle = targets.idle();
    RawClient client = alice();
    openAndClose(client, idle, 28);
    for (int i = 0; i < 50; i++) {
      client.openForward(1000 + i, idle);
    }
    Condition.await("they wait", () -> bastion.forwards() + bastion.told(OPENED) - 28 >= 50);
    FutureTask<Void> stopping =
        new FutureTask<>(() -> {
          bastion.stop(Duration.ofMinutes(10));
          return null;
        });
    Thread.ofVirtual().start(stopping);

    for (int i = 0; i < 50; i++) {
      // What comes due while a slow machine gets here is opened.
      RawClient.Message answer =
          client.expect(
              SshConstants.SSH_MSG_CHANNEL_OPEN_CONFIRMATION,
              SshConstants.SSH_MSG_CHANNEL_OPEN_FAILURE);
      answer.body().getUInt();
      long number = answer.body().getUInt();
      if (answer.command() == SshConstants.SSH_MSG_CHANNEL_OPEN_CONFIRMATION) {
        client.sendClose(number);
      } else {
        assertThat(answer.body().getString()).isEqualTo("the bastion is stopping");
      }
    }
    stopping.get();
    Condition.await(
        "all are in the log", () -> bastion.told(REFUSED) + bastion.told(OPENED) == 28 + 50);
    assertThat(bastion.told(REFUSED)).isPositive();
    Condition.await("all ends are", () -> bastion.told(CLOSED) == bastion.told(OPENED));
  }

  @Test
  void loginsCountAndThoseThatWaitKeepNobodyOut() throws Exception {
    for (int i = 0; i < 20; i++) {
      alice().close();
    }
    long before = bastion.told(LOGGED_IN);
    for (int i = 0; i < 12; i++) {
      RawClient waiting = RawClient.connect(bastion.address());
      clients.add(waiting);
      waiting.startAuthentication();
      waiting.sendSigned("alice", HostileBastion.ALICE);
    }

    login("bob").close();

    Condition.await("bob was let in", () -> bastion.told("\"name\":\"bob\"") > 0);
    assertThat(bastion.told(LOGGED_IN) - before).isLessThan(12);
  }
}
