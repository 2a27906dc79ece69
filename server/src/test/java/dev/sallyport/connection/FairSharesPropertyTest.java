package dev.sallyport.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Four users open, fill and abandon whatever a connection has, in any order, to targets that answer
 * nothing, never stop talking, or are not there. Whatever they do, the account of memory holds, the
 * heap holds no more than the account says, and a fifth user works; and when they are gone,
 * everything is given back.
 */
@Timeout(240)
final class FairSharesPropertyTest {
  private static final int USERS = 4;
  private static final int CONNECTIONS = 3;
  private static final int ACTIONS = 1200;
  private static final Duration LONGEST = Duration.ofSeconds(60);

  /** Of the clients of this test, which are in the same heap, and what is not collected yet. */
  private static final long SLACK = 48L << 20;

  @TempDir private Path directory;

  /** A connection, and what it has open as far as it knows. */
  private static final class Peer {
    private final RawClient client;
    private final List<Long> channels = new ArrayList<>();
    private long next;

    Peer(RawClient client) {
      this.client = client;
    }

    void learn() {
      for (RawClient.Message message : client.arrived()) {
        if (message.command() == SshConstants.SSH_MSG_CHANNEL_OPEN_CONFIRMATION) {
          message.body().getUInt();
          channels.add(message.body().getUInt());
        }
      }
    }

    boolean isThere() {
      return !client.hasEnded();
    }
  }

  private static final class Crowd {
    private final HostileBastion bastion;
    private final Random random;
    private final List<InetSocketAddress> destinations;
    private final List<List<Peer>> peers = new ArrayList<>();

    Crowd(HostileBastion bastion, Targets targets, Random random) throws IOException {
      this.bastion = bastion;
      this.random = random;
      this.destinations =
          List.of(
              targets.idle(),
              targets.idle(),
              targets.talking(),
              targets.silent(),
              targets.refusing(),
              new InetSocketAddress(InetAddress.getLoopbackAddress(), 22));
      for (int i = 0; i < USERS; i++) {
        peers.add(new ArrayList<>());
      }
    }

    void act() throws Exception {
      int user = random.nextInt(USERS);
      List<Peer> own = peers.get(user);
      own.removeIf(peer -> !peer.isThere());
      if (own.size() < CONNECTIONS && (own.isEmpty() || random.nextInt(10) == 0)) {
        login(user, own);
        return;
      }
      Peer peer = own.get(random.nextInt(own.size()));
      peer.learn();
      switch (random.nextInt(16)) {
        case 0, 1, 2, 3 -> openForward(peer);
        case 4, 5, 6, 7 -> openSession(peer);
        case 8, 9, 10 -> onChannel(peer, this::fill);
        case 11, 12 -> onChannel(peer, this::ask);
        case 13 ->
            onChannel(
                peer,
                (client, channel) ->
                    client.trySend(
                        SshConstants.SSH_MSG_CHANNEL_CLOSE, packet -> packet.putUInt(channel)));
        case 14 ->
            peer.client.trySend(
                SshConstants.SSH_MSG_IGNORE,
                packet -> packet.putBytes(new byte[random.nextInt(34_000)]));
        case 15 -> {
          if (random.nextInt(8) == 0) {
            peer.client.close();
          }
        }
        default -> throw new IllegalStateException();
      }
    }

    private void login(int user, List<Peer> own) {
      try {
        own.add(
            new Peer(
                RawClient.login(
                    bastion.address(), HostileBastion.CROWD.get(user), HostileBastion.ALICE)));
      } catch (AssertionError refused) {
        // For the share, which is right.
        assertThat(refused).hasMessageContaining("your share is");
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    private void openForward(Peer peer) {
      InetSocketAddress where = destinations.get(random.nextInt(destinations.size()));
      String host =
          random.nextInt(6) == 0
              ? "a".repeat(1 + random.nextInt(4000))
              : where.getAddress().getHostAddress();
      open(
          peer,
          "direct-tcpip",
          packet -> {
            packet.putString(host);
            packet.putUInt(where.getPort());
            packet.putString("127.0.0.1");
            packet.putUInt(1);
          });
    }

    private void openSession(Peer peer) {
      open(peer, "session", packet -> {});
    }

    private void open(Peer peer, String type, Consumer<Buffer> more) {
      long number = peer.next++;
      // Little that the talking target can make this test keep.
      long window = 16 * 1024;
      peer.client.trySend(
          SshConstants.SSH_MSG_CHANNEL_OPEN,
          packet -> {
            packet.putString(type);
            packet.putUInt(number);
            packet.putUInt(window);
            packet.putUInt(window);
            more.accept(packet);
          });
    }

    private void onChannel(Peer peer, Act act) {
      if (!peer.channels.isEmpty()) {
        act.on(peer.client, peer.channels.get(random.nextInt(peer.channels.size())));
      }
    }

    /** More than once is more than the window, which ends the connection. */
    private void fill(RawClient client, long channel) {
      int bytes = 1 + random.nextInt(32 * 1024);
      client.trySend(
          SshConstants.SSH_MSG_CHANNEL_DATA,
          packet -> {
            packet.putUInt(channel);
            packet.putBytes(new byte[bytes]);
          });
    }

    private void ask(RawClient client, long channel) {
      switch (random.nextInt(4)) {
        case 0 ->
            request(
                client,
                channel,
                "env",
                packet -> {
                  packet.putString("LANG");
                  packet.putString("C.UTF-8");
                });
        case 1 ->
            request(
                client,
                channel,
                "pty-req",
                packet -> {
                  packet.putString("xterm");
                  packet.putUInt(80);
                  packet.putUInt(24);
                  packet.putUInt(0);
                  packet.putUInt(0);
                  packet.putString("");
                });
        case 2 -> request(client, channel, "shell", packet -> {});
        case 3 ->
            request(
                client,
                channel,
                "exec",
                packet -> packet.putString("x".repeat(random.nextInt(30_000))));
        default -> throw new IllegalStateException();
      }
    }

    private void request(RawClient client, long channel, String type, Consumer<Buffer> arguments) {
      client.trySend(
          SshConstants.SSH_MSG_CHANNEL_REQUEST,
          packet -> {
            packet.putUInt(channel);
            packet.putString(type);
            packet.putBoolean(true);
            arguments.accept(packet);
          });
    }

    void leave() {
      peers.forEach(own -> own.forEach(peer -> peer.client.close()));
    }
  }

  @FunctionalInterface
  private interface Act {
    void on(RawClient client, long channel);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 20261130})
  void whateverFourUsersDoTheHeapHoldsWhatTheAccountSaysAndAFifthWorks(long seed) throws Exception {
    try (Targets targets = new Targets();
        HostileBastion bastion = new HostileBastion(directory)) {
      long before = heap();
      Crowd crowd = new Crowd(bastion, targets, new Random(seed));
      InetSocketAddress idle = targets.idle();
      long end = System.nanoTime() + LONGEST.toNanos();
      int done = 0;
      while (done < ACTIONS && System.nanoTime() < end) {
        crowd.act();
        done++;
        assertThat(bastion.memory().used()).isLessThanOrEqualTo(HostileBastion.MEMORY);
        if (done % 300 == 0) {
          assertThat(heap() - before).isLessThan(bastion.memory().used() + SLACK);
          assertTheFifthWorks(bastion, idle);
        }
      }
      assertThat(done).as("actions in " + LONGEST).isGreaterThan(ACTIONS / 10);
      assertTheFifthWorks(bastion, idle);
      crowd.leave();
      Condition.await("everything is given back", () -> bastion.memory().used() == 0);
      Condition.await("no forward is left", () -> bastion.forwards() == 0);
    }
  }

  private static void assertTheFifthWorks(HostileBastion bastion, InetSocketAddress idle)
      throws Exception {
    try (RawClient bob = RawClient.login(bastion.address(), "bob", HostileBastion.BOB)) {
      long forward = bob.forward(0, idle);
      bob.sendData(forward, new byte[1000]);
      bob.openSession(1);
      bob.confirmed();
      assertThat(bob.answers()).isTrue();
    }
  }

  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
