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
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.server.forward.AcceptAllForwardingFilter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Four users open, fill and abandon whatever a connection has, in any order: forwards to targets
 * that answer nothing, never stop talking, or are not there; recorded sessions, through the gateway
 * and inside inspected forwards, whose output nobody reads; and files with holes, by sftp. Some of
 * the targets speak SSH badly on purpose. Whatever they do, the account of memory holds, the heap
 * holds no more than the account says, and a fifth user works; and when they are gone, everything
 * is given back.
 *
 * <p>What is done depends on the seed alone, and to which channel also on what the bastion has
 * answered by then.
 */
@Timeout(240)
final class FairSharesPropertyTest {
  private static final int USERS = 4;
  private static final int CONNECTIONS = 3;
  private static final int INSPECTED = 2;
  private static final int ACTIONS = 1200;
  private static final int CHECK_EACH = 300;

  /** Enough for all actions, unless the machine is slow: then there are fewer, of all kinds. */
  private static final Duration LONGEST = Duration.ofSeconds(20);

  private static final Duration ANSWER = Duration.ofSeconds(40);

  /** Of the clients and targets of this test, which are in the same heap, and of garbage. */
  private static final long SLACK = 48L << 20;

  /** Part of a file; the observer of files keeps it when there is a hole before it. */
  private static final int PART = 8 * 1024;

  private static final SshClient LIBRARY = library();

  @TempDir private Path directory;

  private static SshClient library() {
    SshClient client = SshClient.setUpDefaultClient();
    client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
    client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    client.setForwardingFilter(AcceptAllForwardingFilter.INSTANCE);
    client.start();
    return client;
  }

  /** What a user does next, and how often among a hundred. */
  private enum Action {
    OPEN_FORWARD(15),
    OPEN_SESSION(20),
    FILL(8),
    ASK(8),
    RECORD(15),
    BEGIN_SFTP(6),
    LEAVE_HOLE(12),
    GIVE_ROOM(4),
    CLOSE_CHANNEL(4),
    IGNORE(3),
    STOP_READING(1),
    INSPECT(3),
    LEAVE(1);

    private final int weight;

    Action(int weight) {
      this.weight = weight;
    }

    static Action any(Random random) {
      int at = random.nextInt(100);
      for (Action action : values()) {
        at -= action.weight;
        if (at < 0) {
          return action;
        }
      }
      throw new IllegalStateException("the weights are less than a hundred");
    }
  }

  private static final class Crowd {
    private final HostileBastion bastion;
    private final long seed;
    private final List<InetSocketAddress> destinations;
    private final List<InetSocketAddress> recorded;
    private final List<List<CrowdPeer>> peers = new ArrayList<>();
    private final Set<Action> done = EnumSet.noneOf(Action.class);
    private Random random = new Random();

    Crowd(HostileBastion bastion, Targets targets, SshTargets sshTargets, long seed)
        throws IOException {
      this.bastion = bastion;
      this.seed = seed;
      this.recorded = sshTargets.all();
      this.destinations = new ArrayList<>(sshTargets.all());
      // Most are idle, so that forwards stay open.
      Collections.addAll(
          destinations,
          targets.idle(),
          targets.idle(),
          targets.idle(),
          targets.idle(),
          targets.talking(),
          targets.talking(),
          targets.silent(),
          targets.refusing(),
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 22));
      for (int i = 0; i < USERS; i++) {
        peers.add(new ArrayList<>());
      }
    }

    /**
     * Does one thing; the same for the same number, whatever came before it.
     *
     * @param number of the action
     */
    void act(int number) {
      random = new Random(seed * 1_000_003 + number);
      int user = random.nextInt(USERS);
      Action action = Action.any(random);
      List<CrowdPeer> own = peers.get(user);
      own.removeIf(peer -> !peer.isThere());
      long outer = own.stream().filter(peer -> !peer.isInner()).count();
      boolean another = random.nextInt(10) == 0;
      if (outer < CONNECTIONS && (own.isEmpty() || another)) {
        login(user, own);
      } else if (action == Action.INSPECT) {
        if (own.size() - outer < INSPECTED) {
          inspect(user, own);
        }
      } else if (!own.isEmpty()) {
        CrowdPeer peer = own.get(random.nextInt(own.size()));
        peer.learn();
        List<CrowdPeer.Channel> among =
            switch (action) {
              case RECORD, BEGIN_SFTP -> peer.sessions();
              case LEAVE_HOLE -> peer.answeredSessions();
              default -> peer.channels();
            };
        if (among.isEmpty()) {
          onConnection(action, peer);
        } else {
          onChannel(action, peer, among.get(random.nextInt(among.size())));
        }
      }
    }

    /** Whether each kind of action has been done at least once. */
    boolean hasDoneAll() {
      return done.size() == Action.values().length;
    }

    private void onChannel(Action action, CrowdPeer peer, CrowdPeer.Channel channel) {
      switch (action) {
        case FILL -> fill(peer, channel);
        case ASK -> ask(peer, channel);
        case RECORD -> record(peer, channel);
        case BEGIN_SFTP -> beginSftp(peer, channel);
        case LEAVE_HOLE -> leaveHole(peer, channel);
        case GIVE_ROOM -> peer.giveRoom(channel);
        case CLOSE_CHANNEL -> peer.close(channel);
        case OPEN_FORWARD, OPEN_SESSION, IGNORE, STOP_READING, INSPECT, LEAVE -> {
          onConnection(action, peer);
          return;
        }
      }
      done.add(action);
    }

    private void onConnection(Action action, CrowdPeer peer) {
      switch (action) {
        case OPEN_FORWARD -> openForward(peer);
        case OPEN_SESSION -> peer.open("session", packet -> {});
        case IGNORE ->
            peer.client()
                .trySend(
                    SshConstants.SSH_MSG_IGNORE,
                    packet -> packet.putBytes(new byte[random.nextInt(34_000)]));
        case STOP_READING -> peer.client().stopReading();
        case LEAVE -> {
          if (random.nextBoolean()) {
            peer.close();
          } else {
            peer.breakOuter();
          }
        }
        case FILL, ASK, RECORD, BEGIN_SFTP, LEAVE_HOLE, GIVE_ROOM, CLOSE_CHANNEL, INSPECT -> {
          return;
        }
      }
      done.add(action);
    }

    // ---- connections ----

    private void login(int user, List<CrowdPeer> own) {
      try {
        own.add(
            new CrowdPeer(
                RawClient.login(
                    bastion.address(), HostileBastion.CROWD.get(user), HostileBastion.ALICE),
                Optional.empty()));
      } catch (AssertionError refused) {
        // For the share, which is right.
        assertThat(refused).hasMessageContaining("your share is");
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    /** A connection to a target where sessions are recorded, as ssh -J makes it. */
    private void inspect(int user, List<CrowdPeer> own) {
      InetSocketAddress target = recorded.get(random.nextInt(recorded.size()));
      ClientSession outer = null;
      try {
        outer =
            LIBRARY
                .connect(
                    HostileBastion.CROWD.get(user),
                    bastion.address().getHostString(),
                    bastion.address().getPort())
                .verify(ANSWER)
                .getSession();
        outer.addPublicKeyIdentity(HostileBastion.ALICE);
        outer.auth().verify(ANSWER);
        SshdSocketAddress local =
            outer.startLocalPortForwarding(
                new SshdSocketAddress("127.0.0.1", 0),
                new SshdSocketAddress(target.getHostString(), target.getPort()));
        RawClient inner = RawClient.connect(local.toInetSocketAddress());
        inner.startAuthentication();
        inner.send(
            SshConstants.SSH_MSG_USERAUTH_REQUEST,
            packet -> {
              packet.putString(HostileBastion.LOGIN);
              packet.putString("ssh-connection");
              packet.putString("none");
            });
        inner.expect(SshConstants.SSH_MSG_USERAUTH_SUCCESS);
        own.add(new CrowdPeer(inner, Optional.of(outer)));
        done.add(Action.INSPECT);
      } catch (Exception | AssertionError refused) {
        // The library does not show why: when the share is used up, that is right.
        Optional.ofNullable(outer).ifPresent(session -> session.close(true));
      }
    }

    // ---- channels ----

    private void openForward(CrowdPeer peer) {
      InetSocketAddress where = destinations.get(random.nextInt(destinations.size()));
      String host =
          random.nextInt(6) == 0
              ? "a".repeat(1 + random.nextInt(4000))
              : where.getAddress().getHostAddress();
      peer.open(
          "direct-tcpip",
          packet -> {
            packet.putString(host);
            packet.putUInt(where.getPort());
            packet.putString("127.0.0.1");
            packet.putUInt(1);
          });
    }

    /** More than once is more than the window, which ends the connection. */
    private void fill(CrowdPeer peer, CrowdPeer.Channel channel) {
      peer.sendData(channel, new byte[1 + random.nextInt(32 * 1024)]);
    }

    private void ask(CrowdPeer peer, CrowdPeer.Channel channel) {
      switch (random.nextInt(5)) {
        case 0 ->
            peer.request(
                channel,
                "env",
                packet -> {
                  packet.putString("LANG");
                  packet.putString("C.UTF-8");
                });
        case 1 ->
            peer.request(
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
        case 2 -> peer.request(channel, "shell", packet -> {});
        case 3 -> exec(peer, channel, "x".repeat(random.nextInt(30_000)));
        case 4 -> peer.request(channel, "signal", packet -> packet.putString("INT"));
        default -> throw new IllegalStateException();
      }
    }

    // ---- recorded sessions ----

    private static void exec(CrowdPeer peer, CrowdPeer.Channel channel, String command) {
      peer.request(channel, "exec", packet -> packet.putString(command));
    }

    private void record(CrowdPeer peer, CrowdPeer.Channel session) {
      String program = SshTargets.PROGRAMS.get(random.nextInt(SshTargets.PROGRAMS.size()));
      start(peer, session, program);
    }

    private void start(CrowdPeer peer, CrowdPeer.Channel session, String program) {
      InetSocketAddress target = recorded.get(random.nextInt(recorded.size()));
      exec(peer, session, peer.isInner() ? program : throughTheGateway(target, program));
    }

    /** Without waiting for its answers, as clients do; what follows needs the file's handle. */
    private void beginSftp(CrowdPeer peer, CrowdPeer.Channel session) {
      if (peer.isInner() && random.nextBoolean()) {
        peer.request(session, "subsystem", packet -> packet.putString(SshTargets.SFTP));
      } else {
        start(peer, session, SshTargets.SFTP);
      }
      Buffer requests = new ByteArrayBuffer();
      sftp(requests, 1, 3, packet -> {});
      sftp(
          requests,
          3,
          1,
          packet -> {
            packet.putString("/tmp/file");
            packet.putUInt(0xa);
            packet.putUInt(0);
          });
      peer.sendData(session, requests.getCompactData());
    }

    /** Parts with gaps between them, as many as there is room for. */
    private void leaveHole(CrowdPeer peer, CrowdPeer.Channel session) {
      long at = 1L + random.nextInt(1 << 20);
      int parts = 1 + random.nextInt(6);
      for (int i = 0; i < parts && session.room() > 2 * PART; i++) {
        long offset = at + 2L * i * PART;
        Buffer request = new ByteArrayBuffer();
        sftp(
            request,
            6,
            2 + i,
            packet -> {
              packet.putString(SshTargets.HANDLE);
              packet.putLong(offset);
              packet.putBytes(new byte[PART]);
            });
        peer.sendData(session, request.getCompactData());
      }
    }

    private static void sftp(Buffer to, int type, long id, Consumer<Buffer> more) {
      Buffer packet = new ByteArrayBuffer();
      packet.putByte((byte) type);
      packet.putUInt(id);
      more.accept(packet);
      to.putBytes(packet.getCompactData());
    }

    void leave() {
      peers.forEach(own -> own.forEach(CrowdPeer::close));
    }
  }

  private static String throughTheGateway(InetSocketAddress target, String command) {
    return "ssh -p %d %s@%s %s"
        .formatted(
            target.getPort(), HostileBastion.LOGIN, target.getAddress().getHostAddress(), command);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 20261130})
  void whateverFourUsersDoTheHeapHoldsWhatTheAccountSaysAndAFifthWorks(long seed) throws Exception {
    try (Targets targets = new Targets();
        SshTargets sshTargets = new SshTargets();
        HostileBastion bastion = new HostileBastion(directory)) {
      InetSocketAddress idle = targets.idle();
      assertTheFifthWorks(bastion, idle, sshTargets.usual());
      long before = heap();
      Crowd crowd = new Crowd(bastion, targets, sshTargets, seed);
      long end = System.nanoTime() + LONGEST.toNanos();
      for (int done = 0;
          (done < ACTIONS && System.nanoTime() < end) || !crowd.hasDoneAll();
          done++) {
        crowd.act(done);
        assertThat(bastion.memory().used())
            .as("reserved after action %d of seed %d", done, seed)
            .isLessThanOrEqualTo(HostileBastion.MEMORY);
        if (done % CHECK_EACH == CHECK_EACH - 1) {
          assertThat(heap() - before)
              .as("kept after action %d of seed %d", done, seed)
              .isLessThan(bastion.memory().used() + SLACK);
          assertTheFifthWorks(bastion, idle, sshTargets.usual());
        }
      }
      assertTheFifthWorks(bastion, idle, sshTargets.usual());
      crowd.leave();
      sshTargets.hangUp();
      Condition.await("everything is given back", () -> bastion.memory().used() == 0);
      Condition.await("no forward is left", () -> bastion.forwards() == 0);
      Condition.await("no session is left", () -> bastion.sessions() == 0);
      Condition.await("all recordings are final", () -> bastion.recordings() == 0);
    }
  }

  private static void assertTheFifthWorks(
      HostileBastion bastion, InetSocketAddress idle, InetSocketAddress recorded) throws Exception {
    try (RawClient bob = RawClient.login(bastion.address(), "bob", HostileBastion.BOB)) {
      long forward = bob.forward(0, idle);
      bob.sendData(forward, new byte[1000]);
      bob.openSession(1);
      long session = bob.confirmed();
      assertThat(bob.answers()).isTrue();
      bob.send(
          SshConstants.SSH_MSG_CHANNEL_REQUEST,
          packet -> {
            packet.putUInt(session);
            packet.putString("exec");
            packet.putBoolean(false);
            packet.putString(throughTheGateway(recorded, SshTargets.HELLO));
          });
      RawClient.Message said =
          bob.expect(SshConstants.SSH_MSG_CHANNEL_DATA, SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA);
      said.body().getUInt();
      if (said.command() == SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA) {
        said.body().getUInt();
      }
      assertThat(said.body().getString()).isEqualTo("hello\n");
    }
  }

  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
