package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What one may take of the bastion, and what one hears who takes more. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LimitsTest {
  private static final String TURNED_AWAY = "Exceeded MaxStartups";
  private static final String WELCOME = "SSH-2.0-OpenSSH_compatible_Sallyport";

  @TempDir Path directory;

  /** A client that says nothing. */
  private static Socket stranger(TestBastion bastion, String from) throws IOException {
    Socket socket =
        new Socket(
            InetAddress.ofLiteral("127.0.0.1"), bastion.port(), InetAddress.ofLiteral(from), 0);
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static String firstLine(Socket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = socket.getInputStream().read(); c >= ' '; c = socket.getInputStream().read()) {
      line.append((char) c);
    }
    return line.toString();
  }

  private static boolean isLetIn(TestBastion bastion, String from) {
    try (Socket socket = stranger(bastion, from)) {
      return firstLine(socket).equals(WELCOME);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** The bastion hangs up two seconds after {@code begin}; a machine under load sees it later. */
  private static void assertClosedInTwoSeconds(long begin, Socket socket, Runnable meanwhile)
      throws IOException {
    socket.setSoTimeout(100);
    byte[] some = new byte[8192];
    try {
      while (true) {
        try {
          if (socket.getInputStream().read(some) < 0) {
            break;
          }
        } catch (SocketTimeoutException stillOpen) {
          meanwhile.run();
        }
      }
    } catch (SocketException reset) {
      // Closed with bytes of ours unread.
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(20));
  }

  @Test
  void oneSourceMayHaveSoManyUnauthenticatedConnectionsAndOthersAreStillLetIn() throws IOException {
    try (TestBastion bastion =
            TestBastion.start(directory, "limits.unauthenticated-per-source = 2");
        Socket first = stranger(bastion, "127.0.0.1")) {
      assertThat(firstLine(first)).isEqualTo(WELCOME);
      try (Socket second = stranger(bastion, "127.0.0.1");
          Socket third = stranger(bastion, "127.0.0.1")) {
        assertThat(firstLine(second)).isEqualTo(WELCOME);
        assertThat(firstLine(third)).isEqualTo(TURNED_AWAY);
        assertThat(third.getInputStream().readAllBytes()).hasSizeLessThan(2);
        assertThat(isLetIn(bastion, "127.0.0.9")).isTrue();
      }
      Condition.await("there is a place again", () -> isLetIn(bastion, "127.0.0.1"));
    }
  }

  @Test
  void allStrangersTogetherMayHaveSoManyAndThoseWhoLoggedInDoNotCount() throws IOException {
    try (TestBastion bastion =
            TestBastion.start(
                directory, "limits { unauthenticated-start = 3, unauthenticated-full = 3 }");
        Command first = bastion.ssh().startForwards("bastion");
        Command second = bastion.ssh().startForwards("bastion")) {
      List<Socket> strangers = new ArrayList<>();
      try {
        for (int i = 1; i <= 3; i++) {
          Socket stranger = stranger(bastion, "127.0.0." + i);
          strangers.add(stranger);
          assertThat(firstLine(stranger)).isEqualTo(WELCOME);
        }
        try (Socket fourth = stranger(bastion, "127.0.0.4")) {
          assertThat(firstLine(fourth)).isEqualTo(TURNED_AWAY);
        }
        Command.Ended ended = bastion.ssh().ssh("bastion");
        assertThat(ended.exit()).isEqualTo(255);
      } finally {
        for (Socket stranger : strangers) {
          stranger.close();
        }
      }
      Condition.await("there is a place again", () -> bastion.ssh().ssh("bastion").exit() == 0);
      assertThat(List.of(first, second)).allMatch(Command::isAlive);
    }
  }

  @Test
  void whoSaysNothingIsClosedAfterTheLoginGrace() throws IOException {
    try (TestBastion bastion = TestBastion.start(directory, "limits.login-grace = \"2 s\"")) {
      long begin = System.nanoTime();
      try (Socket silent = stranger(bastion, "127.0.0.1")) {
        assertClosedInTwoSeconds(begin, silent, () -> {});
      }
      assertThat(bastion.audit().await("connection-closed").detail())
          .isEqualTo("no login within 2 s");
    }
  }

  @Test
  void whoTricklesIsClosedAfterTheLoginGrace() throws IOException {
    try (TestBastion bastion = TestBastion.start(directory, "limits.login-grace = \"2 s\"")) {
      long begin = System.nanoTime();
      try (Socket trickling = stranger(bastion, "127.0.0.1")) {
        trickling.getOutputStream().write("SSH-2.0-slow\r\n\0\0".getBytes(StandardCharsets.UTF_8));
        assertClosedInTwoSeconds(
            begin,
            trickling,
            () -> {
              try {
                trickling.getOutputStream().write(1);
              } catch (IOException closed) {
                // Seen by the reader, too.
              }
            });
      }
      assertThat(bastion.audit().await("connection-closed").detail())
          .isEqualTo("no login within 2 s");
    }
  }

  @Test
  void aConnectionHasSoManyTriesToAuthenticate() throws IOException {
    try (TestBastion bastion = TestBastion.start(directory, "limits.authentication-tries = 2")) {
      List<String> arguments = new ArrayList<>(List.of("-p", Integer.toString(bastion.port())));
      for (int i = 0; i < 3; i++) {
        Path wrong = OpenSsh.makeKey(directory.resolve("wrong" + i), "-t", "ed25519");
        arguments.addAll(List.of("-i", wrong.toString()));
      }
      arguments.addAll(List.of("-i", directory.resolve("alice").toString(), "alice@127.0.0.1"));

      Command.Ended ended = bastion.ssh().ssh(arguments.toArray(String[]::new));

      assertThat(ended.exit()).isEqualTo(255);
      assertThat(ended.errors()).contains("Too many authentication failures");
      bastion.audit().await("connection-closed");
      assertThat(bastion.audit().events("authentication-failed"))
          .singleElement()
          .satisfies(event -> {
            assertThat(event.user()).isEqualTo("alice");
            assertThat(event.json().at("/unmapped/offered_count").asInt(0)).isEqualTo(2);
          });
      assertThat(bastion.audit().events("authentication-succeeded")).isEmpty();
    }
  }

  @Test
  void aUserHasSoManyConnectionsAndOthersHaveTheirOwn() throws IOException {
    try (TestBastion bastion = TestBastion.start(directory, "limits.connections-per-user = 2");
        Command first = bastion.ssh().startForwards("bastion")) {
      try (Command second = bastion.ssh().startForwards("bastion")) {
        Command.Ended third = bastion.ssh().ssh("bastion");

        assertThat(third.exit()).isEqualTo(255);
        assertThat(third.errors()).contains("alice has 2 connections already, which is the limit");
        assertThat(bastion.audit().await("authentication-failed").detail())
            .isEqualTo("alice has 2 connections already, which is the limit");
        assertThat(bastion.ssh().ssh("bastion-as-mallory").exit()).isZero();
        assertThat(second.isAlive()).isTrue();
      }
      Condition.await("alice has a place again", () -> bastion.ssh().ssh("bastion").exit() == 0);
      assertThat(first.isAlive()).isTrue();
    }
  }

  @Test
  void aConnectionHasSoManyChannelsAndEachThatEndsGivesItsPlaceBack() throws IOException {
    try (TestBastion bastion = TestBastion.start(directory, "limits.channels-per-connection = 2");
        TcpTarget echo = TcpTarget.echoes();
        Tunnel tunnel = Tunnel.open(bastion.ssh(), echo.address());
        Socket first = tunnel.connect()) {
      assertEchoes(first);
      for (int i = 0; i < 5; i++) {
        try (Socket second = placed(tunnel)) {
          try (Socket third = tunnel.connect()) {
            assertThat(third.getInputStream().read()).isEqualTo(-1);
          }
          assertEchoes(second);
        }
        int ended = i + 1;
        Condition.await(
            "the second is over", () -> bastion.audit().events("forward-closed").size() == ended);
      }
      assertThat(tunnel.ssh().errors())
          .contains(
              "open failed: resource shortage: this connection has 2 channels open, which is the"
                  + " limit");
      // Once a connection, however often it runs into the limit.
      assertThat(bastion.audit().events("request-refused")).hasSize(1);
      assertEchoes(first);
    }
  }

  /** The place of the one before is free when its client has confirmed the end, not sooner. */
  private static Socket placed(Tunnel tunnel) throws IOException {
    while (true) {
      Socket socket = tunnel.connect();
      try {
        assertEchoes(socket);
        return socket;
      } catch (IOException | AssertionError refused) {
        socket.close();
      }
    }
  }

  private static void assertEchoes(Socket socket) throws IOException {
    socket.getOutputStream().write('x');
    assertThat(socket.getInputStream().read()).isEqualTo('x');
  }

  @Test
  void aForwardWithoutAByteEndsAndABusyOneDoesNot() throws IOException {
    try (TestBastion bastion =
            TestBastion.start(directory, "limits.forward-idle-timeout = \"2 s\"");
        TcpTarget echo = TcpTarget.echoes();
        Tunnel tunnel = Tunnel.open(bastion.ssh(), echo.address());
        Socket idle = tunnel.connect();
        Socket busy = tunnel.connect()) {
      long begin = System.nanoTime();
      assertEchoes(idle);
      assertClosedInTwoSeconds(
          begin,
          idle,
          () -> {
            try {
              assertEchoes(busy);
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          });
      assertThat(bastion.audit().await("forward-closed").detail()).isEqualTo("idle for 2 s");
      assertEchoes(busy);
    }
  }

  @Test
  void aForwardEndsWhenItHasLastedTooLongHoweverBusy() throws IOException {
    try (TestBastion bastion =
            TestBastion.start(directory, "limits.forward-max-duration = \"2 s\"");
        TcpTarget endless = TcpTarget.sendsEndlessly();
        Tunnel tunnel = Tunnel.open(bastion.ssh(), endless.address())) {
      long begin = System.nanoTime();
      try (Socket socket = tunnel.connect()) {
        assertClosedInTwoSeconds(begin, socket, () -> {});
      }
      assertThat(bastion.audit().await("forward-closed").detail()).isEqualTo("open for 2 s");
      assertThat(tunnel.ssh().isAlive()).isTrue();
    }
  }

  /** OpenSSH's client disconnects when data follows the close of a channel. */
  @Test
  void busyForwardsThatTheBastionEndsDoNotEndTheConnection() throws IOException {
    try (TestBastion bastion =
            TestBastion.start(directory, "limits.forward-max-duration = \"1 s\"");
        TcpTarget endless = TcpTarget.sendsEndlessly();
        Tunnel tunnel = Tunnel.open(bastion.ssh(), endless.address())) {
      for (int round = 0; round < 5; round++) {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
          sockets.add(tunnel.connect());
        }
        for (Socket socket : sockets) {
          socket.getInputStream().transferTo(OutputStream.nullOutputStream());
          socket.close();
        }
        assertThat(tunnel.ssh().isAlive()).isTrue();
      }
    }
  }

  @Test
  void aClientThatDoesNotAnswerIsGivenUpAndOneThatDoesIsKept() throws IOException {
    try (TestBastion bastion =
            TestBastion.start(
                directory, "limits { keep-alive-interval = \"1 s\", keep-alive-count = 2 }");
        TcpTarget endless = TcpTarget.sendsEndlessly();
        TcpTarget echo = TcpTarget.echoes();
        Command idle = bastion.ssh().startForwards("bastion");
        Tunnel dead = Tunnel.open(bastion.ssh(), endless.address(), echo.address());
        Socket stuffed = dead.connect(0);
        Socket socket = dead.connect(1)) {
      // The worst case: the client has left the bastion a full socket to write to.
      assertEchoes(socket);
      assertThat(stuffed.getInputStream().read()).isZero();
      String connection = bastion.audit().await("forward-opened").connection();
      long begin = System.nanoTime();

      dead.ssh().signal("STOP");

      AuditReader.Event closed =
          bastion
              .audit()
              .await("connection-closed", event -> event.connection().equals(connection));
      assertThat(closed.detail()).isEqualTo("the client did not answer 2 keep-alives");
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .isBetween(Duration.ofMillis(1500), Duration.ofSeconds(20));
      assertThat(bastion.audit().events("forward-closed")).hasSize(2);
      Quiet.await("the target's sending", endless::sent);
      assertThat(idle.isAlive()).isTrue();
      assertThat(bastion.audit().events("connection-closed")).hasSize(1);
    }
  }
}
