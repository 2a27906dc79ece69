package dev.sallyport.behaviour;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** A small server on loopback that behaves in one way to everyone; counts payload. */
final class TcpTarget implements AutoCloseable {
  /** Small, so that what a target does not read soon stays with those before it. */
  private static final int RECEIVE_BUFFER = 16 * 1024;

  private final ServerSocket server;
  private final Behaviour behaviour;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong connections = new AtomicLong();
  private final CountDownLatch reading = new CountDownLatch(1);

  /** What it does with one connection, which is closed afterwards. */
  @FunctionalInterface
  interface Behaviour {
    void serve(TcpTarget target, Socket socket) throws IOException, InterruptedException;
  }

  private TcpTarget(Behaviour behaviour) throws IOException {
    this.behaviour = behaviour;
    server = new ServerSocket();
    server.setReceiveBufferSize(RECEIVE_BUFFER);
    server.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 512);
    Thread.ofVirtual().start(this::accept);
  }

  static TcpTarget that(Behaviour behaviour) throws IOException {
    return new TcpTarget(behaviour);
  }

  static TcpTarget echoes() throws IOException {
    return that((target, socket) -> {
      byte[] some = new byte[8192];
      for (int count = target.read(socket, some); count > 0; count = target.read(socket, some)) {
        target.write(socket, some, count);
      }
    });
  }

  /** Says how many bytes it got, with the whole of them, only when it has seen the end of them. */
  static TcpTarget answersAfterTheEnd() throws IOException {
    return that((target, socket) -> {
      byte[] all = socket.getInputStream().readAllBytes();
      target.received.addAndGet(all.length);
      target.write(socket, (all.length + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
      target.write(socket, all);
    });
  }

  /** Reads nothing before {@link #startReading}, then everything. */
  static TcpTarget readsLater() throws IOException {
    return that((target, socket) -> {
      target.reading.await();
      byte[] some = new byte[8192];
      while (target.read(socket, some) > 0) {
        // Counted.
      }
    });
  }

  static TcpTarget sendsEndlessly() throws IOException {
    return that((target, socket) -> {
      byte[] some = new byte[8192];
      while (true) {
        target.write(socket, some);
      }
    });
  }

  static TcpTarget closesAtOnce() throws IOException {
    return that((target, socket) -> {});
  }

  /** Answers the first bytes with a reset. */
  static TcpTarget resets() throws IOException {
    return that((target, socket) -> {
      target.read(socket, new byte[1]);
      socket.setSoLinger(true, 0);
    });
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        sockets.add(socket);
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      behaviour.serve(this, socket);
    } catch (IOException peerGone) {
      // Most tests end like this.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  int read(Socket socket, byte[] into) throws IOException {
    int count = socket.getInputStream().read(into);
    if (count > 0) {
      received.addAndGet(count);
    }
    return count;
  }

  void write(Socket socket, byte[] bytes) throws IOException {
    write(socket, bytes, bytes.length);
  }

  private void write(Socket socket, byte[] bytes, int count) throws IOException {
    socket.getOutputStream().write(bytes, 0, count);
    sent.addAndGet(count);
  }

  void startReading() {
    reading.countDown();
  }

  int port() {
    return server.getLocalPort();
  }

  /** {@code host:port}. */
  String address() {
    return "127.0.0.1:" + port();
  }

  long received() {
    return received.get();
  }

  long sent() {
    return sent.get();
  }

  long connections() {
    return connections.get();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
