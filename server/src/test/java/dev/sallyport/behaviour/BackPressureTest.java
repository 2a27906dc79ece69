package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever does not read holds up the one who sends, and nobody else. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BackPressureTest {
  /**
   * What may wait between two programs: the bastion's window of 2 MiB, ssh's of 2 MiB, and the
   * kernel's buffers of three pairs of sockets, which grow to 6 MiB at most by themselves.
   */
  private static final long MOST_ON_THE_WAY = 40L * 1024 * 1024;

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

  private static void assertEchoes(Socket socket) throws IOException {
    byte[] text = "still served".getBytes(StandardCharsets.UTF_8);
    socket.getOutputStream().write(text);
    assertThat(socket.getInputStream().readNBytes(text.length)).isEqualTo(text);
  }

  private static void sendEndlessly(Socket socket, AtomicLong written) {
    Thread.ofVirtual()
        .start(() -> {
          byte[] chunk = new byte[16 * 1024];
          try {
            while (true) {
              socket.getOutputStream().write(chunk);
              written.addAndGet(chunk.length);
            }
          } catch (IOException closed) {
            // The end of the test.
          }
        });
  }

  @Test
  void aTargetThatDoesNotReadStopsItsClientAndNoOtherForwardOfTheConnection() throws IOException {
    try (TcpTarget silent = TcpTarget.readsLater();
        TcpTarget echo = TcpTarget.echoes();
        Tunnel tunnel = Tunnel.open(ssh, silent.address(), echo.address());
        Socket sending = tunnel.connect(0);
        Socket other = tunnel.connect(1)) {
      AtomicLong written = new AtomicLong();
      sendEndlessly(sending, written);

      assertThat(Quiet.await("the client's sending", written::get))
          .isGreaterThan(64 * 1024)
          .isLessThan(MOST_ON_THE_WAY);
      assertEchoes(other);
      try (Socket another = tunnel.connect(1)) {
        assertEchoes(another);
      }
      assertThat(silent.received()).isZero();
    }
  }

  @Test
  void aThousandBytesMoreGoThroughOnceTheTargetReadsAgain() throws IOException {
    try (TcpTarget silent = TcpTarget.readsLater();
        Tunnel tunnel = Tunnel.open(ssh, silent.address());
        Socket sending = tunnel.connect()) {
      AtomicLong written = new AtomicLong();
      sendEndlessly(sending, written);
      long stuck = Quiet.await("the client's sending", written::get);

      silent.startReading();

      dev.sallyport.audit.Condition.await(
          "the client goes on", () -> written.get() > stuck + MOST_ON_THE_WAY);
    }
  }

  @Test
  void aClientThatDoesNotReadOneForwardStopsItsTargetAndNoOtherForwardOfTheConnection()
      throws IOException {
    try (TcpTarget endless = TcpTarget.sendsEndlessly();
        TcpTarget echo = TcpTarget.echoes();
        Tunnel tunnel = Tunnel.open(ssh, endless.address(), echo.address());
        Socket unread = tunnel.connect(0);
        Socket other = tunnel.connect(1)) {
      assertThat(Quiet.await("the target's sending", endless::sent))
          .isGreaterThan(64 * 1024)
          .isLessThan(MOST_ON_THE_WAY);
      assertEchoes(other);
      assertThat(unread.isConnected()).isTrue();
    }
  }

  @Test
  void aClientThatIsStoppedStopsItsTargetsAndNoOtherConnection() throws IOException {
    try (TcpTarget endless = TcpTarget.sendsEndlessly();
        TcpTarget echo = TcpTarget.echoes();
        Tunnel stopped = Tunnel.open(ssh, endless.address(), endless.address(), echo.address());
        Tunnel other = Tunnel.open(ssh, echo.address());
        Socket first = stopped.connect(0);
        Socket second = stopped.connect(1);
        Socket third = stopped.connect(2);
        Socket elsewhere = other.connect()) {
      assertEchoes(third);
      // Reading some makes sure that both run before the client stops.
      assertThat(first.getInputStream().readNBytes(100_000)).hasSize(100_000);
      assertThat(second.getInputStream().readNBytes(100_000)).hasSize(100_000);

      stopped.ssh().signal("STOP");

      assertThat(Quiet.await("the targets' sending", endless::sent))
          .isLessThan(2 * MOST_ON_THE_WAY);
      assertEchoes(elsewhere);
      assertThat(ssh.ssh("bastion").exit()).isZero();
      stopped.ssh().signal("CONT");
      assertEchoes(third);
    }
  }
}
