package dev.sallyport.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.spi.Cidr;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.util.Readable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where the kernel grants no more threads for a while. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SocketAcceptorTest {
  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
  private static final Duration HEADER_TIMEOUT = Duration.ofSeconds(15);

  /** Admits everybody, and remembers who gave the place back. */
  private static final class Gate implements Admission {
    private final BlockingQueue<InetAddress> left = new LinkedBlockingQueue<>();

    @Override
    public Answer admit(InetAddress source) {
      return new Answer.Admitted();
    }

    @Override
    public void leave(InetAddress source) {
      left.add(source);
    }

    @Override
    public void refuseHeader(InetAddress balancer, String reason) {
      throw new AssertionError(reason);
    }
  }

  /** Knows which connections began. */
  private static final class Begun implements IoHandler {
    private final BlockingQueue<IoSession> sessions = new LinkedBlockingQueue<>();

    @Override
    public void sessionCreated(IoSession session) {
      sessions.add(session);
    }

    @Override
    public void sessionClosed(IoSession session) {}

    @Override
    public void exceptionCaught(IoSession session, Throwable cause) {}

    @Override
    public void messageReceived(IoSession session, Readable message) {}
  }

  /** Gives no thread until it is told to. */
  private static final class Threads implements ThreadFactory {
    private final AtomicBoolean given = new AtomicBoolean();

    @Override
    public Thread newThread(Runnable task) {
      return new Thread(task) {
        @Override
        public synchronized void start() {
          if (!given.get()) {
            throw new OutOfMemoryError("unable to create native thread");
          }
          super.start();
        }
      };
    }
  }

  private final Gate gate = new Gate();
  private final Begun begun = new Begun();
  private final Threads threads = new Threads();
  private SocketAcceptor acceptor =
      new SocketAcceptor(begun, gate, () -> ProxySettings.DEFAULT, threads);

  @AfterEach
  void close() {
    acceptor.close(true);
  }

  private Socket connect() throws IOException {
    if (acceptor.getBoundAddresses().isEmpty()) {
      acceptor.bind(new InetSocketAddress(HERE, 0));
      acceptor.accept();
    }
    return new Socket(
        HERE, ((InetSocketAddress) acceptor.getBoundAddresses().iterator().next()).getPort());
  }

  private static int read(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read();
    } catch (IOException reset) {
      return -1;
    }
  }

  @Test
  void whoGetsNoThreadIsTurnedAwayWithoutAPlaceAndTheNextOneIsAccepted() throws Exception {
    try (Socket refused = connect()) {
      assertThat(read(refused)).isEqualTo(-1);
      assertThat(gate.left.take()).isEqualTo(HERE);
      assertThat(acceptor.getManagedSessions()).isEmpty();
    }
    threads.given.set(true);
    try (Socket next = connect()) {
      assertThat(begun.sessions.take().getRemoteAddress()).isEqualTo(next.getLocalSocketAddress());
      assertThat(gate.left).isEmpty();
      assertThat(acceptor.getManagedSessions()).hasSize(1);
    }
  }

  @Test
  void theSameHoldsBehindALoadBalancer() throws Exception {
    acceptor =
        new SocketAcceptor(
            begun,
            gate,
            () -> new ProxySettings(List.of(Cidr.parse("127.0.0.0/8")), HEADER_TIMEOUT),
            threads);
    try (Socket refused = connect()) {
      refused
          .getOutputStream()
          .write(
              "PROXY TCP4 203.0.113.7 127.0.0.1 4711 22\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(read(refused)).isEqualTo(-1);
      assertThat(gate.left.take()).isEqualTo(InetAddress.ofLiteral("203.0.113.7"));
    }
    threads.given.set(true);
    try (Socket next = connect()) {
      next.getOutputStream()
          .write(
              "PROXY TCP4 203.0.113.8 127.0.0.1 4711 22\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(((InetSocketAddress) begun.sessions.take().getRemoteAddress()).getAddress())
          .isEqualTo(InetAddress.ofLiteral("203.0.113.8"));
      assertThat(gate.left).isEmpty();
    }
  }

  @Test
  void aConnectionThatAnErrorBreaksAtItsBeginIsClosed() throws Exception {
    acceptor =
        new SocketAcceptor(
            new IoHandler() {
              @Override
              public void sessionCreated(IoSession session) {
                throw new StackOverflowError();
              }

              @Override
              public void sessionClosed(IoSession session) {}

              @Override
              public void exceptionCaught(IoSession session, Throwable cause) {}

              @Override
              public void messageReceived(IoSession session, Readable message) {}
            },
            gate,
            () -> ProxySettings.DEFAULT,
            task -> {
              Thread thread = new Thread(task);
              thread.setUncaughtExceptionHandler((_, _) -> {});
              return thread;
            });
    try (Socket broken = connect()) {
      assertThat(read(broken)).isEqualTo(-1);
    }
  }
}
