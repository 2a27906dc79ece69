import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A relay to a server that passes each byte on after half of a round trip, however many are on
 * their way: a line to another continent without a limit of its own, so that what limits a transfer
 * is the windows of its peers.
 */
final class LongLine implements AutoCloseable {
  /** From Europe to the west of America and back, about. */
  static final Duration ROUND_TRIP = Duration.ofMillis(100);

  private static final ByteBuffer END = ByteBuffer.allocate(0);

  private final ServerSocketChannel listener;
  private final Server server;

  LongLine(Server server) throws IOException {
    this.server = server;
    this.listener =
        ServerSocketChannel.open()
            .bind(new InetSocketAddress(InetAddress.ofLiteral(Server.PLAIN_ADDRESS), 0));
    Thread.ofPlatform().daemon().start(this::accept);
  }

  /** The server's port at this end of the line. */
  int port() {
    return listener.socket().getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel near = listener.accept();
        SocketChannel far =
            SocketChannel.open(
                new InetSocketAddress(InetAddress.ofLiteral(Server.PLAIN_ADDRESS), server.port()));
        near.setOption(StandardSocketOptions.TCP_NODELAY, true);
        far.setOption(StandardSocketOptions.TCP_NODELAY, true);
        carry(near, far);
        carry(far, near);
      }
    } catch (AsynchronousCloseException closed) {
      return; // No more connections.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @param due when to pass it on, as {@link System#nanoTime}
   */
  private record Piece(ByteBuffer bytes, long due) {}

  private static void carry(SocketChannel from, SocketChannel to) {
    LinkedBlockingQueue<Piece> onTheWay = new LinkedBlockingQueue<>();
    Thread.ofPlatform().daemon().start(() -> read(from, onTheWay));
    Thread.ofPlatform().daemon().start(() -> write(onTheWay, to));
  }

  private static void read(SocketChannel from, LinkedBlockingQueue<Piece> onTheWay) {
    long half = ROUND_TRIP.toNanos() / 2;
    ByteBuffer buffer = ByteBuffer.allocateDirect(Target.BUFFER);
    try {
      while (from.read(buffer) >= 0) {
        ByteBuffer piece = ByteBuffer.allocate(buffer.flip().remaining()).put(buffer).flip();
        buffer.clear();
        onTheWay.add(new Piece(piece, System.nanoTime() + half));
      }
    } catch (IOException ended) {
      // As an end: the other direction says how.
    }
    onTheWay.add(new Piece(END, System.nanoTime() + half));
  }

  private static void write(LinkedBlockingQueue<Piece> onTheWay, SocketChannel to) {
    try {
      while (true) {
        Piece piece = onTheWay.take();
        TimeUnit.NANOSECONDS.sleep(piece.due() - System.nanoTime());
        if (piece.bytes() == END) {
          to.shutdownOutput();
          return;
        }
        while (piece.bytes().hasRemaining()) {
          to.write(piece.bytes());
        }
      }
    } catch (IOException | InterruptedException ended) {
      return; // The peer is gone.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
