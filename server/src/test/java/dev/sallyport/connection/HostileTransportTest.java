package dev.sallyport.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.audit.Condition;
import dev.sallyport.forward.ForwardSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.sshd.common.SshConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class HostileTransportTest {
  private static final byte[] IDENTIFICATION = "SSH-2.0-x\r\n".getBytes(StandardCharsets.US_ASCII);

  @TempDir private Path directory;
  private final Targets targets = new Targets();

  @AfterEach
  void closeTargets() throws Exception {
    targets.close();
  }

  @Test
  void garbageEndsTheConnectionAndIsLoggedEscaped() throws Exception {
    try (var bastion = new HostileBastion(directory)) {
      byte[] random = new byte[4096];
      new Random(1).nextBytes(random);
      endsAfter(bastion, random);
      endsAfter(
          bastion, "GET / HTTP/1.1\r\nHost: \u001b[31m\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      endsAfter(bastion, "SSH-1.5-\u202e\u0007\r\n".getBytes(StandardCharsets.UTF_8));
      Condition.await("the ends are told", () -> bastion.told("connection-closed") == 3);
      HostileLoginTest.assertPrintable(bastion.log());
      stillLetsIn(bastion);
    }
  }

  @Test
  void anIdentificationWithoutEndEndsTheConnection() throws Exception {
    try (var bastion = new HostileBastion(directory)) {
      endsAfter(bastion, ("SSH-2.0-" + "x".repeat(64 * 1024)).getBytes(StandardCharsets.US_ASCII));
    }
  }

  @Test
  void aPacketOfAbsurdLengthEndsTheConnection() throws Exception {
    try (var bastion = new HostileBastion(directory)) {
      for (int length : new int[] {0, 1, 4, 262_145, Integer.MAX_VALUE, -1}) {
        byte[] packet = new byte[IDENTIFICATION.length + 4096];
        ByteBuffer.wrap(packet).put(IDENTIFICATION).putInt(length);
        try (Socket socket = open(bastion)) {
          // It reads on for a while, so as not to tell what was wrong.
          Thread.ofVirtual().start(() -> flood(socket, packet));
          awaitEnd(socket);
        }
      }
      stillLetsIn(bastion);
    }
  }

  @Test
  void whoeverDoesNotLogInIsEndedWithTheGraceAtWhateverStepItStalls() throws Exception {
    // Time enough for their key exchanges.
    Limits limits = limits(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(60));
    try (var bastion = new HostileBastion(directory, limits, ForwardSettings.DEFAULT);
        Socket silent = open(bastion);
        Socket trickling = open(bastion);
        Socket identified = open(bastion);
        var exchanged = RawClient.connect(bastion.address());
        var serviced = RawClient.connect(bastion.address());
        var probed = RawClient.connect(bastion.address())) {
      Thread trickle = Thread.ofVirtual().start(() -> trickle(trickling));
      identified.getOutputStream().write(IDENTIFICATION);
      serviced.startAuthentication();
      probed.startAuthentication();
      probed.sendProbe("alice", HostileBastion.ALICE);
      awaitEnd(silent);
      awaitEnd(identified);
      trickle.join();
      exchanged.awaitEnd();
      serviced.awaitEnd();
      probed.awaitEnd();
      Condition.await("all are told", () -> bastion.told("no login within 5 s") == 6);
    }
  }

  @Test
  void aFloodOfConnectionsLeavesNoPlaceTaken() throws Exception {
    Limits full =
        new Limits(
            20,
            100,
            20,
            20,
            Duration.ofSeconds(60),
            6,
            50,
            256,
            Duration.ofSeconds(30),
            3,
            Duration.ofSeconds(60));
    try (var bastion = new HostileBastion(directory, full, ForwardSettings.DEFAULT)) {
      for (int i = 0; i < 300; i++) {
        try (Socket socket = open(bastion)) {
          socket.setSoLinger(i % 2 == 0, 0);
        }
      }
      Condition.await("somebody is let in", () -> letsIn(bastion));
    }
  }

  @Test
  void newKeysBeforeTheLoginEndTheConnection() throws Exception {
    try (var bastion = new HostileBastion(directory);
        var client = RawClient.connect(bastion.address())) {
      client.requestNewKeys();
      client.awaitEnd();
    }
  }

  @Test
  void anExchangeThatStallsEndsTheConnection() throws Exception {
    // The first exchange must be done in this time too.
    Limits limits = limits(Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofSeconds(5));
    try (var bastion = new HostileBastion(directory, limits, ForwardSettings.DEFAULT);
        var client = RawClient.login(bastion.address(), "alice", HostileBastion.ALICE)) {
      client.stallExchanges();
      client.requestNewKeys();
      client.awaitEnd();
      Condition.await(
          "the reason is told", () -> bastion.told("a key exchange took longer than 5 s") == 1);
    }
  }

  @Test
  void otherMessagesInTheMiddleOfAnExchangeEndTheConnection() throws Exception {
    try (var bastion = new HostileBastion(directory);
        var client = RawClient.login(bastion.address(), "alice", HostileBastion.ALICE)) {
      client.stallExchanges();
      client.requestNewKeys();
      client.awaitStalled(1);
      client.openSession(0);
      client.awaitEnd();
    }
  }

  @Test
  void aForwardThatEndsInTheMiddleOfAnExchangeIsClosedAfterIt() throws Exception {
    ForwardSettings twoSeconds = lasting(Duration.ofSeconds(2));
    Limits oneChannel =
        new Limits(
            1000,
            30,
            2000,
            1000,
            Duration.ofSeconds(60),
            6,
            50,
            1,
            Duration.ofSeconds(30),
            3,
            Duration.ofSeconds(60));
    try (var bastion = new HostileBastion(directory, oneChannel, twoSeconds);
        var client = RawClient.login(bastion.address(), "alice", HostileBastion.ALICE)) {
      long channel = client.forward(7, targets.idle());
      client.stallExchanges();
      client.requestNewKeys();
      client.awaitStalled(1);
      Condition.await("the forward is over", () -> bastion.forwards() == 0);
      client.resumeExchanges();
      assertThat(client.expect(SshConstants.SSH_MSG_CHANNEL_CLOSE).body().getUInt()).isEqualTo(7);
      client.sendClose(channel);
      // Its place is free, and the clock that ended it goes on for others.
      client.forward(8, targets.idle());
      assertThat(client.expect(SshConstants.SSH_MSG_CHANNEL_CLOSE).body().getUInt()).isEqualTo(8);
    }
  }

  /** Its writers wait with locks held that closing needs. */
  @Test
  void aClientThatDoesNotReadIsEnded() throws Exception {
    Limits limits = limits(Duration.ofSeconds(60), Duration.ofSeconds(1), Duration.ofSeconds(60));
    try (var bastion = new HostileBastion(directory, limits, ForwardSettings.DEFAULT);
        var client = RawClient.login(bastion.address(), "alice", HostileBastion.ALICE)) {
      stopReadingInTheMiddleOfADownload(bastion, client);
      Condition.await("the end is told", () -> bastion.told("did not answer 3 keep-alives") == 1);
      Condition.await("the forward is over", () -> bastion.forwards() == 0);
    }
  }

  @Test
  void aClientThatDoesNotReadHoldsUpNoOtherUsersLimits() throws Exception {
    ForwardSettings twoSeconds = lasting(Duration.ofSeconds(2));
    try (var bastion = new HostileBastion(directory, HostileBastion.LIMITS, twoSeconds);
        var alice = RawClient.login(bastion.address(), "alice", HostileBastion.ALICE);
        var bob = RawClient.login(bastion.address(), "bob", HostileBastion.BOB)) {
      stopReadingInTheMiddleOfADownload(bastion, alice);
      for (int i = 0; i < 3; i++) {
        bob.forward(i, targets.idle());
        bob.expect(SshConstants.SSH_MSG_CHANNEL_CLOSE);
      }
    }
  }

  @Test
  void everyClientHearsThatTheBastionStopsAndNobodyHoldsItUp() throws Exception {
    try (var bastion = new HostileBastion(directory);
        var deaf = RawClient.login(bastion.address(), "alice", HostileBastion.ALICE)) {
      stopReadingInTheMiddleOfADownload(bastion, deaf);
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        clients.add(RawClient.login(bastion.address(), "bob", HostileBastion.BOB));
      }
      bastion.stop(Duration.ZERO);
      for (RawClient client : clients) {
        assertThat(client.disconnected()).isEqualTo("the bastion stops");
      }
      assertThatThrownBy(() -> open(bastion)).isInstanceOf(IOException.class);
    }
  }

  private void stopReadingInTheMiddleOfADownload(HostileBastion bastion, RawClient client)
      throws Exception {
    InetSocketAddress target = targets.talking();
    client.openForward(
        0, target.getAddress().getHostAddress(), target.getPort(), 0xFFFF_FFFFL, 32 * 1024);
    client.confirmed();
    client.expect(SshConstants.SSH_MSG_CHANNEL_DATA);
    client.stopReading();
    Condition.await("the forward's writer waits", () -> bastion.forwards() == 1);
    targets.awaitStuck();
  }

  private static ForwardSettings lasting(Duration most) {
    return new ForwardSettings(Duration.ofSeconds(10), Duration.ofMillis(250), Duration.ZERO, most);
  }

  private static Limits limits(Duration grace, Duration keepAlive, Duration exchange) {
    return new Limits(1000, 30, 2000, 1000, grace, 6, 50, 256, keepAlive, 3, exchange);
  }

  private static Socket open(HostileBastion bastion) throws IOException {
    Socket socket = new Socket();
    socket.connect(bastion.address(), 5000);
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static void endsAfter(HostileBastion bastion, byte[] bytes) throws IOException {
    try (Socket socket = open(bastion)) {
      OutputStream out = socket.getOutputStream();
      try {
        out.write(bytes);
      } catch (IOException hungUp) {
        return;
      }
      awaitEnd(socket);
    }
  }

  private static void awaitEnd(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    try {
      while (in.read() >= 0) {
        // What it says before it hangs up does not matter.
      }
    } catch (java.net.SocketTimeoutException e) {
      throw e;
    } catch (IOException reset) {
      // Hung up too.
    }
  }

  private static void flood(Socket socket, byte[] bytes) {
    try {
      while (true) {
        socket.getOutputStream().write(bytes);
      }
    } catch (IOException ended) {
      // As it should.
    }
  }

  private static void trickle(Socket socket) {
    try {
      OutputStream out = socket.getOutputStream();
      out.write("SSH-2.0-".getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < 10_000; i++) {
        out.write('x');
        java.util.concurrent.locks.LockSupport.parkNanos(100_000_000);
      }
    } catch (IOException ended) {
      // As it should.
    }
  }

  private static boolean letsIn(HostileBastion bastion) {
    try {
      stillLetsIn(bastion);
      return true;
    } catch (Exception | AssertionError refused) {
      return false;
    }
  }

  private static void stillLetsIn(HostileBastion bastion) throws Exception {
    try (var client = RawClient.login(bastion.address(), "alice", HostileBastion.ALICE)) {
      assertThat(client.answers()).isTrue();
    }
  }
}
