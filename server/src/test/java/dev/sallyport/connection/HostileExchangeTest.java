package dev.sallyport.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import dev.sallyport.ssh.BusyWork;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that want the bastion to compute. */
@Timeout(180)
final class HostileExchangeTest {
  private static final int KEXINIT = 20;
  private static final int KEXDH_INIT = 30;
  private static final int KEXDH_REPLY = 31;

  @TempDir private Path directory;

  @Test
  void anExchangeThatIsOnlyBegunCostsNothing() throws Exception {
    try (var bastion = new HostileBastion(directory)) {
      List<Socket> clients = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        Socket client = connect(bastion, "127.0.0.1");
        read(client, KEXINIT);
        clients.add(client);
      }
      assertThat(bastion.computing().computed()).isZero();
      for (Socket client : clients) {
        client.close();
      }
    }
  }

  @Test
  void aClientThatLeavesWhileItWaitsCostsNothing() throws Exception {
    try (var bastion = new HostileBastion(directory)) {
      long before;
      try (var _ = new BusyWork(bastion.computing())) {
        before = bastion.computing().computed();
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
          Socket client = connect(bastion, "127.0.0.1");
          read(client, KEXINIT);
          client.getOutputStream().write(packet(publicValue()));
          clients.add(client);
        }
        for (Socket client : clients) {
          client.close();
        }
        // The log tells no more than this of unauthenticated clients in a minute.
        Condition.await("the ends are told", () -> bastion.told("connection-closed") == 10);
      }
      assertThat(bastion.computing().computed()).isEqualTo(before);
    }
  }

  @Test
  void aSourceWithManyConnectionsDoesNotDelayAnother() throws Exception {
    try (var bastion = new HostileBastion(directory);
        var busy = new BusyWork(bastion.computing(), 3)) {
      List<Socket> clients = new ArrayList<>();
      int flood = 4 * Runtime.getRuntime().availableProcessors() + 10;
      for (int i = 0; i < flood; i++) {
        clients.add(waiting(bastion, "127.0.0.3"));
      }
      int threads = (int) bastion.computing().computed();
      Condition.await("they wait", () -> bastion.computing().waiting() == 2 * threads + flood);
      Socket late = waiting(bastion, "127.0.0.4");
      clients.add(late);
      Condition.await("it waits", () -> bastion.computing().waiting() == 2 * threads + flood + 1);
      busy.nextRound();
      busy.nextRound();
      // Others of the flood had their turns before and after, but most of them still wait.
      read(late, KEXDH_REPLY);
      assertThat(bastion.computing().waiting()).isPositive();
      for (Socket client : clients) {
        client.close();
      }
    }
  }

  @Test
  void aLoginIsTwoComputationsAndNewKeysAreOne() throws Exception {
    try (var bastion = new HostileBastion(directory);
        var client = RawClient.login(bastion.address(), "alice", HostileBastion.ALICE)) {
      assertThat(bastion.computing().computed()).isEqualTo(2);
      client.exchangeKeys();
      assertThat(client.answers()).isTrue();
      assertThat(bastion.computing().computed()).isEqualTo(3);
    }
  }

  /** A lower bound, so that a slow machine does not matter: eight are free, then one in 500 ms. */
  @Test
  void whoAsksForNewKeysWithoutEndWaits() throws Exception {
    try (var bastion = new HostileBastion(directory);
        var client = RawClient.login(bastion.address(), "alice", HostileBastion.ALICE)) {
      long begin = System.nanoTime();
      for (int i = 0; i < 12; i++) {
        client.exchangeKeys();
      }
      assertThat((System.nanoTime() - begin) / 1e9).isGreaterThan(1.4);
      assertThat(bastion.computing().computed()).isEqualTo(14);
    }
  }

  /** Eighty free ones of ten connections would be too many: the user has 32, then ten a second. */
  @Test
  void theConnectionsOfAUserShareTheRate() throws Exception {
    try (var bastion = new HostileBastion(directory)) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        clients.add(RawClient.login(bastion.address(), "alice", HostileBastion.ALICE));
      }
      long begin = System.nanoTime();
      for (int round = 0; round < 5; round++) {
        for (RawClient client : clients) {
          client.exchangeKeys();
        }
      }
      assertThat((System.nanoTime() - begin) / 1e9).isGreaterThan(1.5);
      try (var other = RawClient.login(bastion.address(), "bob", HostileBastion.BOB)) {
        other.exchangeKeys();
        assertThat(other.answers()).isTrue();
      }
      clients.forEach(RawClient::close);
    }
  }

  @Test
  void aConnectionThatEndsWhileItsNewKeysWaitLeavesNothingToCompute() throws Exception {
    try (var bastion = new HostileBastion(directory)) {
      var client = RawClient.login(bastion.address(), "alice", HostileBastion.ALICE);
      try (var _ = new BusyWork(bastion.computing())) {
        client.requestNewKeys();
        Condition.await("it waits", () -> bastion.computing().waiting() == 1);
        bastion.stop(Duration.ZERO);
        assertThat(bastion.computing().waiting()).isZero();
      }
      client.close();
    }
  }

  private static Socket waiting(HostileBastion bastion, String source) throws IOException {
    Socket client = connect(bastion, source);
    read(client, KEXINIT);
    client.getOutputStream().write(packet(publicValue()));
    return client;
  }

  /** Says what it is and proposes. */
  private static Socket connect(HostileBastion bastion, String source) throws IOException {
    Socket socket =
        new Socket(
            bastion.address().getAddress(),
            bastion.address().getPort(),
            InetAddress.ofLiteral(source),
            0);
    socket.setSoTimeout(60_000);
    socket.getOutputStream().write("SSH-2.0-x\r\n".getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().write(packet(proposal()));
    for (int c = socket.getInputStream().read(); c != '\n'; c = socket.getInputStream().read()) {
      assertThat(c).as("turned away").isNotNegative();
    }
    return socket;
  }

  /** RFC 4253, section 7.1. */
  private static byte[] proposal() {
    ByteBuffer bytes = ByteBuffer.allocate(512).put((byte) KEXINIT).put(new byte[16]);
    for (String names :
        List.of(
            "curve25519-sha256",
            "ssh-ed25519",
            "aes128-gcm@openssh.com",
            "aes128-gcm@openssh.com",
            "hmac-sha2-256-etm@openssh.com",
            "hmac-sha2-256-etm@openssh.com",
            "none",
            "none",
            "",
            "")) {
      bytes.putInt(names.length()).put(names.getBytes(StandardCharsets.US_ASCII));
    }
    return Arrays.copyOf(bytes.array(), bytes.position() + 5);
  }

  /** The curve's generator (RFC 7748, section 4.1). */
  private static byte[] publicValue() {
    ByteBuffer bytes = ByteBuffer.allocate(1 + 4 + 32).put((byte) KEXDH_INIT).putInt(32);
    return bytes.put((byte) 9).array();
  }

  /** RFC 4253, section 6, before there are keys. */
  private static byte[] packet(byte[] payload) {
    int padding = 8 - (5 + payload.length) % 8 + 8;
    return ByteBuffer.allocate(5 + payload.length + padding)
        .putInt(1 + payload.length + padding)
        .put((byte) padding)
        .put(payload)
        .array();
  }

  private static void read(Socket socket, int wanted) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    int type;
    do {
      byte[] packet = in.readNBytes(in.readInt());
      type = packet[1] & 0xff;
    } while (type != wanted);
  }
}
