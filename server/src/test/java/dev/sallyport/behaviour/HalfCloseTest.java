package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each direction of a forward ends by itself, and nothing that was sent is lost. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HalfCloseTest {
  @TempDir static Path directory;
  private static TestBastion bastion;
  private static OpenSsh ssh;

  @BeforeAll
  static void start() throws IOException {
    bastion = TestBastion.start(directory);
    ssh = bastion.ssh();
  }

  @AfterAll
  static void stop() {
    bastion.close();
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  private static void assertClosed(String target, long fromClient, long toClient) {
    AuditReader.Event closed =
        bastion.audit().await("forward-closed", event -> event.target().equals(target));
    assertThat(closed.bytesFromClient()).isEqualTo(fromClient);
    assertThat(closed.bytesToClient()).isEqualTo(toClient);
  }

  @Test
  void aTargetThatAnswersAfterTheEndGetsItAndItsAnswerArrivesWhole() throws Exception {
    byte[] question = bytes(5_000_000);
    try (TcpTarget target = TcpTarget.answersAfterTheEnd();
        Command pipe = ssh.start("-W", target.address(), "bastion")) {
      Thread asking =
          Thread.ofVirtual()
              .start(() -> {
                try (OutputStream input = pipe.input()) {
                  input.write(question);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });

      byte[] answer = pipe.output().readAllBytes();

      asking.join();
      assertThat(pipe.await().exit()).isZero();
      byte[] size = "5000000\n".getBytes(StandardCharsets.UTF_8);
      assertThat(answer).hasSize(size.length + question.length).startsWith(size).endsWith(question);
      assertClosed(target.address(), question.length, answer.length);
    }
  }

  @Test
  void aTargetThatHasSaidItsLastStillHearsTheClient() throws Exception {
    byte[] late = bytes(3_000_000);
    ByteArrayOutputStream heard = new ByteArrayOutputStream();
    try (TcpTarget target =
            TcpTarget.that((self, socket) -> {
              self.write(socket, "bye".getBytes(StandardCharsets.UTF_8));
              socket.shutdownOutput();
              socket.getInputStream().transferTo(heard);
            });
        Tunnel tunnel = Tunnel.open(ssh, target.address());
        Socket socket = tunnel.connect()) {
      assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo("bye");

      socket.getOutputStream().write(late);
      socket.shutdownOutput();

      assertClosed(target.address(), late.length, 3);
      Condition.await("the target heard it", () -> heard.size() == late.length);
      assertThat(heard.toByteArray()).isEqualTo(late);
    }
  }

  @Test
  void whatAClientSentBeforeItClosedReachesASlowTarget() throws Exception {
    int count = 20_000_000;
    try (TcpTarget target = TcpTarget.readsLater();
        Tunnel tunnel = Tunnel.open(ssh, target.address())) {
      AtomicLong written = new AtomicLong();
      Thread writing =
          Thread.ofVirtual()
              .start(() -> {
                try (Socket socket = tunnel.connect()) {
                  byte[] chunk = bytes(10_000);
                  while (written.get() < count) {
                    socket.getOutputStream().write(chunk);
                    written.addAndGet(chunk.length);
                  }
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      assertThat(Quiet.await("the client's writing", written::get)).isLessThan(count);

      target.startReading();

      writing.join();
      Condition.await("the target has all of it", () -> target.received() == count);
      assertClosed(target.address(), count, 0);
    }
  }

  @Test
  void whatTheBastionHadTakenFromAClientThatDiesReachesTheTarget() throws Exception {
    try (TcpTarget target = TcpTarget.readsLater();
        Tunnel tunnel = Tunnel.open(ssh, target.address());
        Socket socket = tunnel.connect()) {
      AtomicLong begun = new AtomicLong();
      Thread writing =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  for (byte[] chunk = bytes(10_000); true; ) {
                    begun.addAndGet(chunk.length);
                    socket.getOutputStream().write(chunk);
                  }
                } catch (IOException clientIsDead) {
                  // As the test wants it.
                }
              });
      Quiet.await("the client's writing", begun::get);
      assertThat(target.received()).isZero();

      tunnel.ssh().close();
      target.startReading();
      writing.join();

      AuditReader.Event closed =
          bastion.audit().await("forward-closed", event -> event.target().equals(target.address()));
      assertThat(closed.bytesFromClient()).isBetween(64L * 1024, begun.get());
      Condition.await(
          "the target has what the log says", () -> target.received() == closed.bytesFromClient());
    }
  }

  @Test
  void aTargetThatResetsEndsItsOwnForwardOnly() throws Exception {
    try (TcpTarget resets = TcpTarget.resets();
        TcpTarget echoes = TcpTarget.echoes();
        Tunnel tunnel = Tunnel.open(ssh, resets.address(), echoes.address());
        Socket other = tunnel.connect(1)) {
      try (Socket socket = tunnel.connect(0)) {
        socket.getOutputStream().write('x');
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
      }

      assertThat(
              bastion
                  .audit()
                  .await("forward-closed", event -> event.target().equals(resets.address()))
                  .detail())
          .contains("reset");
      other.getOutputStream().write("on".getBytes(StandardCharsets.UTF_8));
      other.shutdownOutput();
      assertThat(other.getInputStream().readAllBytes()).asString().isEqualTo("on");
    }
  }

  @Test
  void aTargetThatClosesAtOnceEndsTheForwardForTheClient() throws Exception {
    try (TcpTarget target = TcpTarget.closesAtOnce();
        Command pipe = ssh.start("-W", target.address(), "bastion")) {
      assertThat(pipe.output().readAllBytes()).isEmpty();
      pipe.input().close();

      assertThat(pipe.await().exit()).isZero();
      assertClosed(target.address(), 0, 0);
    }
  }
}
