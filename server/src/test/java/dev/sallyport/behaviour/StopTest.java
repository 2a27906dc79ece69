package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditSpool;
import dev.sallyport.audit.Condition;
import dev.sallyport.audit.Spooled;
import dev.sallyport.recording.Recordings;
import dev.sallyport.recording.Samples;
import dev.sallyport.transport.FreePort;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How the bastion starts and stops, in one process and as a process. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StopTest {
  @TempDir Path directory;

  private static void assertEchoes(Socket socket) throws IOException {
    socket.getOutputStream().write('x');
    assertThat(socket.getInputStream().read()).isEqualTo('x');
  }

  private static void assertRefusesConnections(int port) {
    Condition.await(
        "port " + port + " is closed",
        () -> {
          try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
            return !socket.isConnected();
          } catch (IOException refused) {
            return refused instanceof ConnectException;
          }
        });
  }

  @Test
  void anOpenForwardEndsInPeaceWhileNothingNewIsOpened() throws Exception {
    try (TestBastion bastion = TestBastion.start(directory, "stop-timeout = \"30 s\"");
        TcpTarget echo = TcpTarget.echoes();
        Tunnel tunnel = Tunnel.open(bastion.ssh(), echo.address());
        Socket open = tunnel.connect()) {
      assertEchoes(open);
      int port = bastion.port();

      Thread stopping = Thread.ofVirtual().start(bastion::close);

      assertRefusesConnections(port);
      assertEchoes(open);
      try (Socket late = tunnel.connect()) {
        assertThat(late.getInputStream().read()).isEqualTo(-1);
      }
      tunnel.ssh().awaitErrors("open failed: resource shortage: the bastion is stopping");
      assertEchoes(open);

      open.shutdownOutput();
      assertThat(open.getInputStream().read()).isEqualTo(-1);

      assertThat(stopping.join(Duration.ofSeconds(15))).isTrue();
      tunnel.ssh().awaitErrors("the bastion stops");
      List<AuditReader.Event> events = bastion.audit().events();
      assertThat(events.getLast().code()).isEqualTo("server-stopped");
      assertThat(bastion.audit().await("forward-closed").bytesFromClient()).isEqualTo(3);
      // Those who asked whether the port is still open may have been connections for a moment.
      assertThat(
              bastion
                  .audit()
                  .await("connection-closed", event -> event.user().equals("alice"))
                  .detail())
          .isEqualTo("the bastion stops");
    }
  }

  @Test
  void whatIsOpenAfterTheStopTimeoutIsEnded() throws Exception {
    TestBastion bastion = TestBastion.start(directory, "stop-timeout = \"1 s\"");
    try (TcpTarget echo = TcpTarget.echoes();
        TcpTarget endless = TcpTarget.sendsEndlessly();
        TcpTarget silent = TcpTarget.readsLater();
        Tunnel tunnel =
            Tunnel.open(bastion.ssh(), echo.address(), endless.address(), silent.address());
        Socket open = tunnel.connect(0);
        Socket unread = tunnel.connect(1);
        Socket unheard = tunnel.connect(2)) {
      assertEchoes(open);
      unheard.getOutputStream().write(new byte[1000]);
      assertThat(unread.getInputStream().read()).isZero();
      bastion.audit().await("forward-opened", one -> one.target().equals(silent.address()));
      long begin = System.nanoTime();

      bastion.close();

      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(20));
      assertThat(open.getInputStream().read()).isEqualTo(-1);
      tunnel.ssh().awaitErrors("the bastion stops");
      assertThat(bastion.audit().events("forward-closed"))
          .hasSize(3)
          .allMatch(event -> event.detail().equals("the bastion stops"));
      assertThat(bastion.audit().events("connection-closed")).hasSize(1);
      assertThat(bastion.audit().events().getLast().code()).isEqualTo("server-stopped");
    }
  }

  @Test
  void aClientThatDoesNotReadDoesNotHoldUpTheStop() throws Exception {
    TestBastion bastion = TestBastion.start(directory, "stop-timeout = \"0 s\"");
    try (TcpTarget endless = TcpTarget.sendsEndlessly();
        Tunnel tunnel = Tunnel.open(bastion.ssh(), endless.address());
        Socket socket = tunnel.connect()) {
      assertThat(socket.getInputStream().read()).isZero();
      tunnel.ssh().signal("STOP");
      Quiet.await("the target's sending", endless::sent);
      long begin = System.nanoTime();

      bastion.close();

      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
      assertThat(bastion.audit().events("forward-closed")).hasSize(1);
      assertThat(bastion.audit().events("connection-closed")).hasSize(1);
      assertThat(bastion.audit().events().getLast().code()).isEqualTo("server-stopped");
    }
  }

  @Test
  void theProcessServesUntilSigtermAndExitsWithSuccess() throws Exception {
    Path configuration = TestBastion.prepare(directory);
    AuditReader audit = new AuditReader(TestBastion.auditDirectory(directory));
    Files.createDirectories(TestBastion.auditDirectory(directory));
    try (Command server = TestBastion.serve(configuration);
        TcpTarget echo = TcpTarget.echoes()) {
      OpenSsh ssh = TestBastion.clients(directory, TestBastion.awaitPort(audit));
      try (Tunnel tunnel = Tunnel.open(ssh, echo.address());
          Socket open = tunnel.connect()) {
        assertEchoes(open);

        server.signal("TERM");

        assertThat(server.await().exit()).isZero();
        assertThat(open.getInputStream().read()).isEqualTo(-1);
      }
    }
    assertThat(audit.events())
        .extracting(AuditReader.Event::code)
        .startsWith("configuration-loaded", "server-started")
        .endsWith("forward-closed", "connection-closed", "server-stopped");
    assertThat(audit.events())
        .extracting(event -> event.json().at("/metadata/sequence").asLong())
        .isEqualTo(
            java.util.stream.LongStream.rangeClosed(1, audit.events().size()).boxed().toList());
  }

  @Test
  void whatStrangersSendLeavesNothingInTheOperatorsLog() throws Exception {
    Path configuration = TestBastion.prepare(directory, "audit.strangers-per-minute = 1");
    Files.createDirectories(TestBastion.auditDirectory(directory));
    AuditReader audit = new AuditReader(TestBastion.auditDirectory(directory));
    try (Command server = TestBastion.serve(configuration)) {
      int port = TestBastion.awaitPort(audit);
      server.awaitErrors("listening");
      for (String sent :
          List.of(
              "GET / HTTP/1.0\r\n\r\n",
              "SSH-2.0-x\r\ngarbage, garbage, garbage, garbage",
              "SSH-2.0-x\r\n\0\0\0\14\12\24garbage, garbage, garbage, garbage",
              "SSH-1.0-x\r\n")) {
        for (int i = 0; i < 5; i++) {
          try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            assertThat(Strangers.firstLine(socket)).isEqualTo(Strangers.WELCOME);
            Strangers.awaitEnd(socket);
          }
        }
      }

      server.signal("TERM");

      Command.Ended ended = server.await();
      assertThat(ended.exit()).isZero();
      assertThat(ended.errors().lines().dropWhile(line -> !line.contains("listening")).skip(1))
          .hasSize(2)
          .allMatch(line -> line.contains("Serve: stop"));
      assertThat(audit.events()).hasSizeLessThan(10);
    }
  }

  @Test
  void aPortThatIsTakenIsToldAndLeavesNothingBehind() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      Path configuration =
          TestBastion.prepare(
              directory, "listen = [\"127.0.0.1:%d\"]".formatted(taken.getLocalPort()));

      Command.Ended ended = TestBastion.serve(configuration).await();

      assertThat(ended.exit()).isEqualTo(78);
      assertThat(ended.errors())
          .contains(
              "sallyport: cannot listen on 127.0.0.1:%d: another program listens there"
                  .formatted(taken.getLocalPort()))
          .doesNotContain("Exception");
    }
    assertThat(new AuditReader(TestBastion.auditDirectory(directory)).events())
        .extracting(AuditReader.Event::code)
        .doesNotContain("server-started");
  }

  @Test
  void aHostKeyThatOthersCanReadStopsTheStart() throws IOException {
    Path key = OpenSsh.makeKey(directory.resolve("open-key"), "-t", "ed25519");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
    Path configuration = TestBastion.prepare(directory, "host-keys = [\"%s\"]".formatted(key));

    Command.Ended ended = TestBastion.serve(configuration).await();

    assertThat(ended.exit()).isEqualTo(78);
    assertThat(ended.errors())
        .isEqualTo(
            "sallyport: host key %1$s is open to others (rw-r-----): run chmod 600 %1$s\n"
                .formatted(key));
  }

  @Test
  void aWrongConfigurationIsToldWholeWithItsLines() throws IOException {
    Path configuration =
        TestBastion.prepare(directory, "limits.login-grase = \"1 s\"", "stop-timeout = \"-1 s\"");

    Command.Ended ended = TestBastion.serve(configuration).await();

    assertThat(ended.exit()).isEqualTo(78);
    assertThat(ended.errors())
        .contains(configuration + ":12: ", "login-grase", "login-grace")
        .contains(configuration + ":13: ", "stop-timeout")
        .doesNotContain("Exception");
    assertThat(directory.resolve("state")).doesNotExist();
  }

  @Test
  void aMissingConfigurationIsTold() throws IOException {
    Path missing = directory.resolve("no-such.conf");

    Command.Ended ended = TestBastion.serve(missing).await();

    assertThat(ended.exit()).isEqualTo(78);
    assertThat(ended.errors()).contains(missing + ": does not exist");
  }

  @Test
  void aStartThatFailsClosesWhatItHadOpened() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      int free = FreePort.next();
      String listen =
          "listen = [\"127.0.0.1:%d\", \"127.0.0.1:%d\"]".formatted(free, taken.getLocalPort());

      assertThatThrownBy(() -> TestBastion.start(directory, listen).close())
          .isInstanceOf(IOException.class)
          .hasMessageContaining(Integer.toString(taken.getLocalPort()));

      assertRefusesConnections(free);
      // It never ran, so nobody stopped it.
      assertThat(new AuditReader(directory.resolve("state/audit")).events()).isEmpty();
      TestBastion.start(directory, "listen = [\"127.0.0.1:%d\"]".formatted(free)).close();
    }
  }

  private AuditReader audit() {
    return new AuditReader(TestBastion.auditDirectory(directory));
  }

  private List<String> codes() throws IOException {
    return audit().events().stream().map(AuditReader.Event::code).toList();
  }

  /** An act that an operator told while no server ran, and a recording that is not final. */
  private void leaveWorkForTheNextStart() throws Exception {
    assertThat(
            new AuditSpool(TestBastion.auditDirectory(directory))
                .tell(
                    new Spooled(
                        Instant.now(), Optional.empty(), new Spooled.Read("1", "/r/1", "play"))))
        .isEqualTo(AuditSpool.Told.WAITING);
    try (AuditLog other = AuditLog.open(directory.resolve("other"), "test")) {
      Recordings.open(directory.resolve("state/recordings"), Samples.STRICT, other, "test")
          .start(Samples.CONNECTION, Samples.session(), Instant.now());
    }
  }

  @Test
  void aStartThatFailsLeavesTheLastWordToTheStopBeforeIt() throws Exception {
    TestBastion.start(directory).close();
    leaveWorkForTheNextStart();
    List<String> stopped = codes();

    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      String listen = "listen = [\"127.0.0.1:%d\"]".formatted(taken.getLocalPort());
      assertThatThrownBy(() -> TestBastion.start(directory, listen).close())
          .isInstanceOf(IOException.class);
    }
    assertThat(codes()).isEqualTo(stopped).endsWith("server-stopped");

    try (TestBastion bastion = TestBastion.start(directory)) {
      bastion.audit().await("recording-read");
      bastion.audit().await("recording-finalised");
    }
    assertThat(codes()).doesNotContain("run-ended-abruptly").endsWith("server-stopped");
  }

  @Test
  void aStartThatFailsAfterItWasToldIsAStopInTheLog() throws Exception {
    Path inTheWay = TestBastion.auditDirectory(directory).resolve("spool");
    Files.createDirectories(inTheWay.getParent());
    Files.writeString(inTheWay, "no folder");

    assertThatThrownBy(() -> TestBastion.start(directory).close())
        .isInstanceOf(IOException.class)
        .hasMessageContaining(inTheWay.toString());
    assertThat(codes()).containsExactly("configuration-loaded", "server-started", "server-stopped");
    assertThat(audit().events().getLast().detail()).isEqualTo("it could not start");

    Files.delete(inTheWay);
    TestBastion.start(directory).close();
    assertThat(codes()).doesNotContain("run-ended-abruptly");
  }
}
