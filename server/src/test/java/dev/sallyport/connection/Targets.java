package dev.sallyport.connection;

import dev.sallyport.audit.Condition;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Targets of every temper, on the address where forwards are allowed to. */
final class Targets implements AutoCloseable {
  private final AtomicLong written = new AtomicLong();
  private final List<Closeable> opened = new CopyOnWriteArrayList<>();

  /** Accepts, and then neither reads nor writes. */
  InetSocketAddress idle() throws IOException {
    ServerSocketChannel server = bind(50);
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              opened.add(server.accept());
            }
          } catch (IOException closed) {
            // The test is over.
          }
        });
    return (InetSocketAddress) server.getLocalAddress();
  }

  /** Accepts, and writes for ever. */
  InetSocketAddress talking() throws IOException {
    ServerSocketChannel server = bind(50);
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              SocketChannel socket = server.accept();
              opened.add(socket);
              Thread.ofVirtual().start(() -> talk(socket));
            }
          } catch (IOException closed) {
            // The test is over.
          }
        });
    return (InetSocketAddress) server.getLocalAddress();
  }

  /** Waits until nobody takes any more of what is said. */
  void awaitStuck() {
    long[] last = {-1, System.nanoTime()};
    Condition.await(
        "the talking target is stuck",
        () -> {
          if (written.get() != last[0]) {
            last[0] = written.get();
            last[1] = System.nanoTime();
          }
          return System.nanoTime() - last[1] > 300_000_000L;
        });
  }

  private void talk(SocketChannel socket) {
    ByteBuffer bytes = ByteBuffer.allocate(32 * 1024);
    try {
      while (true) {
        written.addAndGet(socket.write(bytes.clear()));
      }
    } catch (IOException ended) {
      // The bastion hung up.
    }
  }

  /** Nobody listens there. */
  InetSocketAddress refusing() throws IOException {
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(HostileBastion.TARGETS, 0));
      return (InetSocketAddress) server.getLocalAddress();
    }
  }

  /** Answers no connection: the kernel's queue is full. */
  InetSocketAddress silent() throws IOException {
    ServerSocketChannel server = bind(1);
    InetSocketAddress bound = (InetSocketAddress) server.getLocalAddress();
    List<SocketChannel> fillers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      SocketChannel filler = SocketChannel.open();
      filler.configureBlocking(false);
      filler.connect(bound);
      fillers.add(filler);
    }
    opened.addAll(fillers);
    return bound;
  }

  private ServerSocketChannel bind(int backlog) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open();
    opened.add(server);
    return server.bind(new InetSocketAddress(HostileBastion.TARGETS, 0), backlog);
  }

  @Override
  public void close() throws IOException {
    for (Closeable one : opened) {
      one.close();
    }
  }
}
