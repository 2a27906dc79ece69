package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import dev.sallyport.audit.TinyDisk;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the log tells of a connection, and what happens when it cannot tell. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AuditOfConnectionTest {
  private static final String REFUSED =
      "administratively prohibited: the audit log cannot be written, so nothing is opened; contact"
          + " the bastion's operator";

  @TempDir Path directory;

  private static void assertEchoes(Socket socket) throws IOException {
    socket.getOutputStream().write('x');
    assertThat(socket.getInputStream().read()).isEqualTo('x');
  }

  @Test
  void tellsTheWholeStoryOfAConnectionInOrder() throws Exception {
    try (TestBastion bastion = TestBastion.start(directory);
        TcpTarget target = TcpTarget.answersAfterTheEnd()) {
      try (Tunnel tunnel = Tunnel.open(bastion.ssh(), target.address(), "10.9.9.9:22")) {
        try (Socket socket = tunnel.connect(0)) {
          socket.getOutputStream().write("question".getBytes(StandardCharsets.UTF_8));
          socket.shutdownOutput();
          assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo("8\nquestion");
        }
        bastion.audit().await("forward-closed");
        try (Socket socket = tunnel.connect(1)) {
          assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        bastion.audit().await("forward-refused");
      }
      String connection = bastion.audit().await("connection-closed").connection();

      List<AuditReader.Event> story = bastion.audit().ofConnection(connection);
      assertThat(story)
          .extracting(AuditReader.Event::code)
          .containsExactly(
              "connection-opened",
              "authentication-succeeded",
              "forward-opened",
              "forward-closed",
              "forward-refused",
              "connection-closed");
      assertThat(story.subList(1, 6)).allMatch(event -> event.user().equals("alice"));
      assertThat(story.getFirst().json().at("/dst_endpoint/port").asInt())
          .isEqualTo(bastion.port());
      AuditReader.Event login = story.get(1);
      assertThat(login.json().at("/auth_protocol").asString()).isEqualTo("publickey");
      assertThat(login.json().at("/unmapped/key_fingerprint").asString())
          .isEqualTo(fingerprint(directory.resolve("alice")));
      assertThat(login.json().at("/unmapped/plugin").asString()).isEqualTo("authorized-keys");
      AuditReader.Event opened = story.get(2);
      AuditReader.Event closed = story.get(3);
      assertThat(opened.target()).isEqualTo(target.address());
      assertThat(opened.rule()).isEqualTo("to-private");
      assertThat(closed.forward()).isEqualTo(opened.forward()).isNotEqualTo(connection);
      assertThat(closed.bytesFromClient()).isEqualTo(8);
      assertThat(closed.bytesToClient()).isEqualTo(10);
      assertThat(closed.detail()).isEqualTo("the target ended it");
      assertThat(story.get(4).rule()).isEqualTo("no-rule");
      assertThat(story.get(4).forward()).isNotEqualTo(opened.forward());
      AuditReader.Event end = story.getLast();
      assertThat(end.bytesFromClient()).isGreaterThan(1000);
      assertThat(end.bytesToClient()).isGreaterThan(1000);
      assertThat(end.json().at("/unmapped/client_version").asString())
          .startsWith("SSH-2.0-OpenSSH_");
      assertThat(bastion.audit().events())
          .extracting(event -> event.json().at("/metadata/sequence").asLong())
          .isEqualTo(LongStream.rangeClosed(1, bastion.audit().events().size()).boxed().toList());
    }
  }

  private static String fingerprint(Path key) {
    return Command.run(List.of("ssh-keygen", "-l", "-f", key + ".pub")).output().split(" ")[1];
  }

  @Test
  void tellsTheEndsOfAllForwardsBeforeTheEndOfTheirConnection() throws Exception {
    try (TestBastion bastion = TestBastion.start(directory);
        TcpTarget echo = TcpTarget.echoes();
        TcpTarget endless = TcpTarget.sendsEndlessly();
        TcpTarget silent = TcpTarget.readsLater();
        Tunnel tunnel =
            Tunnel.open(bastion.ssh(), echo.address(), endless.address(), silent.address());
        Socket one = tunnel.connect(0);
        Socket two = tunnel.connect(1);
        Socket three = tunnel.connect(2)) {
      assertEchoes(one);
      assertThat(two.getInputStream().read()).isZero();
      three.getOutputStream().write(new byte[1000]);
      bastion.audit().await("forward-opened", event -> event.target().equals(silent.address()));

      tunnel.ssh().close();

      AuditReader.Event end = bastion.audit().await("connection-closed");
      assertThat(bastion.audit().ofConnection(end.connection()))
          .extracting(AuditReader.Event::code)
          .endsWith("forward-closed", "forward-closed", "forward-closed", "connection-closed");
    }
  }

  @Test
  void theOpeningIsInTheLogBeforeTheClientCanUseTheForward() throws Exception {
    try (TestBastion bastion = TestBastion.start(directory);
        TcpTarget target = TcpTarget.that((self, socket) -> self.write(socket, new byte[] {'x'}));
        Tunnel tunnel = Tunnel.open(bastion.ssh(), target.address())) {
      for (int i = 1; i <= 20; i++) {
        try (Socket socket = tunnel.connect()) {
          assertThat(socket.getInputStream().read()).isEqualTo('x');
          assertThat(bastion.audit().events("forward-opened")).hasSize(i);
        }
      }
    }
  }

  @Test
  void opensNothingWhileTheLogCannotBeWrittenAndGoesOnByItself() throws Exception {
    try (TestBastion bastion = TestBastion.start(directory);
        TcpTarget echo = TcpTarget.echoes();
        Tunnel tunnel = Tunnel.open(bastion.ssh(), echo.address());
        Socket before = tunnel.connect()) {
      assertEchoes(before);
      Path log = TestBastion.auditDirectory(directory);
      Path away = log.resolveSibling("away");
      Files.move(log, away);
      Files.writeString(log, "no folder any more");

      assertNothingNewIsOpened(bastion, tunnel, before);

      Files.delete(log);
      Files.move(away, log);
      assertRecovers(bastion, tunnel, before);
    }
  }

  @Test
  void opensNothingWhileTheDiskIsFullAndGoesOnByItself() throws Exception {
    Path log = TestBastion.auditDirectory(directory);
    try (TinyDisk disk = new TinyDisk(log, 64)) {
      // What mounts it decides who may write there, and the server wants it for itself.
      Files.setPosixFilePermissions(
          log, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
      try (TestBastion bastion = TestBastion.start(directory);
          TcpTarget echo = TcpTarget.echoes();
          Tunnel tunnel = Tunnel.open(bastion.ssh(), echo.address());
          Socket before = tunnel.connect()) {
        assertEchoes(before);
        disk.fill();
        // The last page of the log's file has room for a few lines more.
        Condition.await(
            "the log is full",
            () -> bastion.ssh().ssh("-W", echo.address(), "bastion").exit() != 0);

        assertNothingNewIsOpened(bastion, tunnel, before);

        disk.free();
        assertRecovers(bastion, tunnel, before);
      }
    }
  }

  private static void assertNothingNewIsOpened(TestBastion bastion, Tunnel tunnel, Socket before)
      throws IOException {
    try (Socket during = tunnel.connect()) {
      assertThat(during.getInputStream().read()).isEqualTo(-1);
    }
    tunnel.ssh().awaitErrors(REFUSED);
    Command.Ended login = bastion.ssh().ssh("bastion");
    assertThat(login.exit()).isEqualTo(255);
    assertThat(login.errors()).contains("the audit log cannot be written, so nobody is let in");
    assertEchoes(before);
  }

  private static void assertRecovers(TestBastion bastion, Tunnel tunnel, Socket before)
      throws IOException {
    bastion.audit().await("log-recovered");
    try (Socket after = tunnel.connect()) {
      assertEchoes(after);
    }
    assertEchoes(before);
    assertThat(bastion.ssh().ssh("bastion").exit()).isZero();
  }
}
