import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A TCP port on loopback that forwards lead to. */
final class Target implements AutoCloseable {
  /** Large enough that a system call costs little for each byte. */
  static final int BUFFER = 256 * 1024;

  private static final int PATIENCE_MILLISECONDS = 30_000;

  private final ServerSocketChannel listener;

  Target() throws IOException {
    listener =
        ServerSocketChannel.open()
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
  }

  int port() {
    return listener.socket().getLocalPort();
  }

  /** {@code host:port}, as {@code ssh -W} wants it. */
  String address() {
    return "127.0.0.1:" + port();
  }

  /** The same for a socket of ours. */
  InetSocketAddress socketAddress() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port());
  }

  /** The next forward; waits at most half a minute. */
  SocketChannel accept() throws IOException {
    listener.socket().setSoTimeout(PATIENCE_MILLISECONDS);
    try {
      SocketChannel forward = listener.socket().accept().getChannel();
      forward.setOption(StandardSocketOptions.TCP_NODELAY, true);
      return forward;
    } catch (SocketTimeoutException e) {
      throw new IOException("no forward arrived within half a minute", e);
    }
  }

  /** Takes forwards and closes each at once, until the target closes. */
  void closeEach() {
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            while (true) {
              listener.accept().close();
            }
          } catch (AsynchronousCloseException closed) {
            return; // The burst is over.
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** Takes one forward and sends every byte back, until it ends. */
  void echoOne() {
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          ByteBuffer buffer = ByteBuffer.allocateDirect(1);
          try (SocketChannel forward = accept()) {
            while (forward.read(buffer) > 0) {
              forward.write(buffer.flip());
              buffer.clear();
            }
          } catch (IOException broken) {
            return; // The other end of the forward says so.
          }
        });
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
