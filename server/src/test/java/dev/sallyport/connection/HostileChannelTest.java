package dev.sallyport.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import dev.sallyport.audit.EventLimit;
import dev.sallyport.forward.ForwardSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class HostileChannelTest {
  /** As {@code ssh.MessageRate} has them. */
  private static final int FREE_REQUESTS = 512;

  private static final long NANOS_A_REQUEST = 10_000_000;
  private static final String REFUSED = "\"event_code\":\"forward-refused\"";
  private static final String FAILED = "\"event_code\":\"forward-failed\"";
  private static final String REQUEST_REFUSED = "\"event_code\":\"request-refused\"";

  /** A burst that a test uses up soon; a forward costs two. */
  private static final EventLimit SMALL = new EventLimit(10, 400);

  /** More lines than a user's refusals may make at once, and what comes due while a test runs. */
  private static final int BURST = SMALL.burst() + 350;

  @TempDir private Path directory;
  private final Targets targets = new Targets();
  private HostileBastion bastion;
  private RawClient client;

  @BeforeEach
  void login() throws Exception {
    bastion = new HostileBastion(directory);
    client = alice();
  }

  private RawClient alice() throws Exception {
    return RawClient.login(bastion.address(), "alice", HostileBastion.ALICE);
  }

  @AfterEach
  void close() throws Exception {
    client.close();
    bastion.close();
    targets.close();
  }

  @Test
  void refusesHostsThatAreNoneInWordsAndHarmsNoOtherChannel() throws Exception {
    InetSocketAddress idle = targets.idle();
    long channel = client.forward(0, idle);
    List<String> hosts =
        List.of(
            "",
            "a".repeat(4000),
            "10.0.0.1\u0000.example.com",
            "10.0.0.1\nforged",
            "\u202e1.0.0.01",
            "\u001b[2Jcleared",
            "127.1",
            "0x7f.2");
    for (String host : hosts) {
      client.openForward(1, host, 22);
      String refusal = client.refusal();
      assertThat(refusal).matches("[ -~]+").hasSizeLessThan(2048);
    }
    client.sendData(channel, new byte[10]);
    assertThat(client.answers()).isTrue();
    assertThat(bastion.forwards()).isOne();
    Condition.await("all are told", () -> bastion.told(REFUSED) == hosts.size());
    HostileLoginTest.assertPrintable(bastion.log());
  }

  @Test
  void keepsNoHostThatIsLongerThanAnyAndHarmsNoOtherChannel() throws Exception {
    long channel = client.forward(0, targets.idle());
    client.openForward(1, "a".repeat(32 * 1024), 22);
    assertThat(client.refusal()).isEqualTo("what it asks for is longer than any host name");
    client.sendData(channel, new byte[10]);
    assertThat(client.answers()).isTrue();
    assertThat(bastion.forwards()).isOne();
    Condition.await("it is told", () -> bastion.told(REQUEST_REFUSED) == 1);
  }

  @Test
  void refusesPortsThatAreNone() throws Exception {
    for (long port : new long[] {0, 65_536, 70_000, 0xFFFF_FFFFL}) {
      client.openForward(1, "127.0.0.2", port);
      assertThat(client.refusal()).contains("has no port between 1 and 65535");
    }
    assertThat(client.answers()).isTrue();
  }

  @Test
  void refusesWhatTheUserMayNotReach() throws Exception {
    for (String host : List.of("127.0.0.1", "127.0.0.3", "::1", "::ffff:127.0.0.1", "0.0.0.0")) {
      client.openForward(1, host, 22);
      assertThat(client.refusal()).contains(host);
    }
    Condition.await("all are told", () -> bastion.told(REFUSED) == 5);
  }

  @Test
  void aClientThatTakesPacketsOfNoBytesIsRefusedInWords() throws Exception {
    client.openForward(1, "127.0.0.2", 22, 1 << 20, 0);
    assertThat(client.refusal()).contains("packets of 0 bytes");
    assertThat(client.answers()).isTrue();
  }

  @Test
  void aClientMayTakePacketsAndWindowsOfAnySize() throws Exception {
    InetSocketAddress idle = targets.idle();
    client.openForward(
        1, idle.getAddress().getHostAddress(), idle.getPort(), 0xFFFF_FFFFL, 0xFFFF_FFFFL);
    long channel = client.confirmed();
    for (int i = 0; i < 3; i++) {
      client.send(
          SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST,
          packet -> {
            packet.putUInt(channel);
            packet.putUInt(0xFFFF_FFFFL);
          });
    }
    assertThat(client.answers()).isTrue();
    assertThat(bastion.forwards()).isOne();
  }

  @Test
  void messagesForChannelsThatAreNotThereHarmNobody() throws Exception {
    long channel = client.forward(0, targets.idle());
    for (long unknown : new long[] {channel + 1, 999, 0xFFFF_FFFFL}) {
      client.sendData(unknown, new byte[100]);
      client.send(SshConstants.SSH_MSG_CHANNEL_EOF, packet -> packet.putUInt(unknown));
      client.sendClose(unknown);
      client.send(
          SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST,
          packet -> {
            packet.putUInt(unknown);
            packet.putUInt(1);
          });
    }
    assertThat(client.answers()).isTrue();
    assertThat(bastion.forwards()).isOne();
  }

  @Test
  void messagesAfterTheCloseOfAChannelHarmNobody() throws Exception {
    long channel = client.forward(0, targets.idle());
    client.sendClose(channel);
    client.sendData(channel, new byte[100]);
    client.send(SshConstants.SSH_MSG_CHANNEL_EOF, packet -> packet.putUInt(channel));
    client.sendClose(channel);
    assertThat(client.answers()).isTrue();
    Condition.await("the forward is over", () -> bastion.forwards() == 0);
  }

  /** There is no memory reserved for it yet. */
  @Test
  void dataBeforeTheConfirmationEndsTheConnection() throws Exception {
    client.openForward(0, targets.silent());
    Condition.await("it is opening", () -> bastion.forwards() == 1);
    client.sendData(0, new byte[32 * 1024]);
    client.awaitEnd();
    Condition.await("the forward is over", () -> bastion.forwards() == 0);
  }

  @Test
  void moreThanTheWindowEndsTheConnection() throws Exception {
    long channel = client.forward(0, targets.idle());
    for (int i = 0; i < 1000; i++) {
      int size = 32 * 1024;
      client.trySend(
          SshConstants.SSH_MSG_CHANNEL_DATA,
          packet -> {
            packet.putUInt(channel);
            packet.putBytes(new byte[size]);
          });
    }
    client.awaitEnd();
    // Until then the target might still take what was sent before, and the end is told after that.
    targets.close();
    Condition.await("the end is told", () -> bastion.told("into a window of") == 1);
  }

  @Test
  void extendedDataEndsTheConnection() throws Exception {
    long channel = client.forward(0, targets.idle());
    client.send(
        SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA,
        packet -> {
          packet.putUInt(channel);
          packet.putUInt(1);
          packet.putBytes(new byte[10]);
        });
    client.awaitEnd();
  }

  @Test
  void aClientThatNeverConfirmsACloseKeepsItsPlacesTaken() throws Exception {
    InetSocketAddress refusing = targets.refusing();
    InetSocketAddress idle = targets.idle();
    long[] channels = new long[256];
    for (int i = 0; i < channels.length; i++) {
      channels[i] = client.forward(i, idle);
    }
    client.openForward(256, refusing);
    assertThat(client.refusal()).contains("256 channels open, which is the limit");
    client.sendClose(channels[0]);
    client.expect(SshConstants.SSH_MSG_CHANNEL_CLOSE);
    Condition.await("its place is free", () -> bastion.forwards() == 255);
    client.openForward(256, refusing);
    assertThat(client.refusal()).contains("Connection refused");
    for (int i = 1; i < channels.length; i++) {
      client.sendClose(channels[i]);
    }
    Condition.await("all forwards are over", () -> bastion.forwards() == 0);
  }

  @Test
  void opensThatAreWithdrawnGiveEverythingBackAndFillNoLog() throws Exception {
    bastion.limitEvents(SMALL);
    InetSocketAddress silent = targets.silent();
    InetSocketAddress refusing = targets.refusing();
    InetSocketAddress idle = targets.idle();
    try (var bob = RawClient.login(bastion.address(), "bob", HostileBastion.BOB)) {
      for (int i = 0; i < 3000; i++) {
        switch (i % 3) {
          case 0 -> client.openForward(i, "10.9.9.9", 22);
          case 1 -> client.openForward(i, silent);
          default -> client.openForward(i, refusing);
        }
        client.sendClose(i);
        if (i % 500 == 0) {
          assertThat(bob.answers()).isTrue();
        }
      }
      assertThat(client.answers()).isTrue();
      client.close();
      Condition.await("all forwards are over", () -> bastion.forwards() == 0);
      assertThat(bastion.told(REFUSED) + bastion.told(FAILED)).isLessThan(BURST);
      bob.forward(0, idle);
      try (var again = alice()) {
        again.forward(0, idle);
      }
    }
  }

  @Test
  void theBurstOfRefusalsIsTheUsersNotTheConnections() throws Exception {
    bastion.limitEvents(SMALL);
    client.close();
    for (int round = 0; round < 4; round++) {
      try (var one = alice()) {
        for (int i = 0; i < 200; i++) {
          one.openForward(i, "10.9.9.9", 22);
        }
        assertThat(one.answers()).isTrue();
        one.openSession(300);
        one.confirmed();
      }
      Condition.await("all forwards are over", () -> bastion.forwards() == 0);
    }
    assertThat(bastion.told(REFUSED)).isLessThan(BURST);
  }

  @Test
  void thousandsOfOpensToASilentTargetHoldUpNobody() throws Exception {
    InetSocketAddress silent = targets.silent();
    InetSocketAddress idle = targets.idle();
    for (int i = 0; i < 2000; i++) {
      client.openForward(i, silent);
    }
    try (var bob = RawClient.login(bastion.address(), "bob", HostileBastion.BOB)) {
      bob.forward(0, idle);
      assertThat(bastion.forwards()).isLessThanOrEqualTo(257);
      client.close();
      Condition.await("only bob's forward is left", () -> bastion.forwards() == 1);
      assertThat(bob.answers()).isTrue();
    }
  }

  @Test
  void requestsThatAreRefusedHoldUpNoOtherChannelAndFillNoLog() throws Exception {
    bastion.limitEvents(SMALL);
    for (int i = 0; i < 1000; i++) {
      client.send(
          SshConstants.SSH_MSG_GLOBAL_REQUEST,
          packet -> {
            packet.putString("tcpip-forward");
            packet.putBoolean(false);
            packet.putString("\u001b[31m");
            packet.putUInt(22);
          });
    }
    assertThat(client.answers()).isTrue();
    assertThat(bastion.told(REQUEST_REFUSED)).isLessThan(BURST);
    Condition.await(
        "the next line counts them",
        () -> {
          request(0, "tcpip-forward");
          return bastion.told("more requests refused before it") > 0;
        });
  }

  @Test
  void ofRequestsThatAreRefusedTheLogHasTheNumberThoughTheClientLeaves() throws Exception {
    bastion.limitEvents(SMALL);
    for (int i = 0; i < 1000; i++) {
      request(i, "tcpip-forward");
    }
    assertThat(client.answers()).isTrue();
    client.close();
    Condition.await("the end is told", () -> bastion.told("connection-closed") == 1);
    assertThat(refused(bastion.log())).isEqualTo(1000);
    assertThat(bastion.log().getLast())
        .as("the end is the last word")
        .contains("connection-closed");
  }

  /** The burst is free; from then on each takes its turn, whatever is asked for. */
  @Test
  void whoAsksWithoutEndIsAnsweredInTurns() throws Exception {
    int beyond = 200;
    long begin = System.nanoTime();
    for (int i = 0; i < FREE_REQUESTS + beyond; i++) {
      client.send(
          SshConstants.SSH_MSG_GLOBAL_REQUEST,
          packet -> {
            packet.putString("keepalive@openssh.com");
            packet.putBoolean(true);
          });
    }
    for (int i = 0; i < FREE_REQUESTS + beyond; i++) {
      client.expect(SshConstants.SSH_MSG_REQUEST_FAILURE);
    }
    assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(beyond * NANOS_A_REQUEST);
  }

  /** How many requests these lines say were refused. */
  static long refused(List<String> log) {
    return log.stream()
        .filter(line -> line.contains(REQUEST_REFUSED))
        .mapToLong(line -> {
          Matcher rest = Pattern.compile("\"(\\d+) more, too many").matcher(line);
          Matcher before = Pattern.compile("\\(and (\\d+) more requests").matcher(line);
          return rest.find()
              ? Long.parseLong(rest.group(1))
              : 1 + (before.find() ? Long.parseLong(before.group(1)) : 0);
        })
        .sum();
  }

  private void request(long ignored, String name) {
    client.trySend(
        SshConstants.SSH_MSG_GLOBAL_REQUEST,
        packet -> {
          packet.putString(name);
          packet.putBoolean(false);
        });
  }

  @Test
  void floodsOfRequestsOnASessionAreAnsweredAndLeaveNothing() throws Exception {
    client.openSession(0);
    long channel = client.confirmed();
    String value = "\u001b[31m\n".repeat(100);
    for (int i = 0; i < 3000; i++) {
      boolean wantReply = i % 2 == 0;
      String name = List.of("env", "pty-req", "x@example.com", "window-change").get(i % 4);
      client.send(
          SshConstants.SSH_MSG_CHANNEL_REQUEST,
          packet -> {
            packet.putUInt(channel);
            packet.putString(name);
            packet.putBoolean(wantReply);
            packet.putString(value);
            packet.putString(value);
          });
    }
    assertThat(client.answers()).isTrue();
    client.send(
        SshConstants.SSH_MSG_CHANNEL_REQUEST,
        packet -> {
          packet.putUInt(channel);
          packet.putString("exec");
          packet.putBoolean(true);
          packet.putString("rm -rf /\n" + value);
        });
    Buffer text = client.expect(SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA).body();
    text.getUInt();
    text.getUInt();
    assertThat(text.getString()).contains("this bastion runs no commands");
    Condition.await(
        "the terminal's name and the variables, once each, and the command are told",
        () -> bastion.told(REQUEST_REFUSED) == 3);
    HostileLoginTest.assertPrintable(bastion.log());
  }

  @Test
  void proofsOfHostKeysAreGivenForOurKeysAndNotWithoutEnd() throws Exception {
    Buffer announcement = client.expect(SshConstants.SSH_MSG_GLOBAL_REQUEST).body();
    announcement.getString();
    announcement.getBoolean();
    byte[] key = announcement.getBytes();
    prove(key);
    client.expect(SshConstants.SSH_MSG_REQUEST_SUCCESS);
    byte[] foreign = key.clone();
    foreign[foreign.length - 1] ^= 1;
    prove(foreign);
    client.expect(SshConstants.SSH_MSG_REQUEST_FAILURE);
    for (int i = 0; i < 100; i++) {
      prove(key);
    }
    client.expect(SshConstants.SSH_MSG_REQUEST_FAILURE);
    assertThat(client.answers()).isTrue();
  }

  private void prove(byte[] key) throws Exception {
    client.send(
        SshConstants.SSH_MSG_GLOBAL_REQUEST,
        packet -> {
          packet.putString("hostkeys-prove-00@openssh.com");
          packet.putBoolean(true);
          packet.putBytes(key);
        });
  }

  @Test
  void bytesOneByOneToATargetThatDoesNotReadStopAtTheWindow() throws Exception {
    long channel = client.forward(0, targets.idle());
    for (int i = 0; i < 5000; i++) {
      client.sendData(channel, new byte[1]);
    }
    assertThat(client.answers()).isTrue();
    assertThat(bastion.forwards()).isOne();
  }

  @Test
  void connectionsThatAreCutInTheMiddleOfEverythingLeaveNothing() throws Exception {
    InetSocketAddress talking = targets.talking();
    InetSocketAddress silent = targets.silent();
    InetSocketAddress idle = targets.idle();
    for (int round = 0; round < 10; round++) {
      try (var one = alice()) {
        one.openForward(0, talking);
        one.openForward(1, silent);
        one.openForward(2, idle);
        one.openForward(3, "10.9.9.9", 22);
        one.openSession(4);
        if (round % 2 == 0) {
          one.confirmed();
        }
      }
    }
    Condition.await("all forwards are over", () -> bastion.forwards() == 0);
    Condition.await(
        "all ends are told", () -> bastion.told("\"event_code\":\"connection-closed\"") == 10);
    assertThat(bastion.told("\"event_code\":\"forward-opened\""))
        .isEqualTo(bastion.told("\"event_code\":\"forward-closed\""));
  }

  @Test
  void aForwardEndsWithItsLimitThoughItsTargetAndItsClientAreSilent() throws Exception {
    Path other = directory.resolve("other");
    java.nio.file.Files.createDirectory(other);
    ForwardSettings second =
        new ForwardSettings(
            Duration.ofSeconds(10), Duration.ofMillis(250), Duration.ofSeconds(1), Duration.ZERO);
    try (var strict = new HostileBastion(other, HostileBastion.LIMITS, second);
        var bob = RawClient.login(strict.address(), "bob", HostileBastion.BOB)) {
      bob.forward(0, targets.idle());
      bob.expect(SshConstants.SSH_MSG_CHANNEL_CLOSE);
      Condition.await("the forward is over", () -> strict.forwards() == 0);
    }
  }
}
