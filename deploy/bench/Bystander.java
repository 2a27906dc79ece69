import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A user who sends a byte through an open forward now and then, and gets it back. */
final class Bystander implements AutoCloseable {
  private static final long PATIENCE_NANOSECONDS = 30_000_000_000L;
  private static final long PAUSE_NANOSECONDS = 5_000_000;

  private final Target target = new Target();
  private final Process ssh;
  private final SocketChannel near;

  Bystander(Server server, Client client) throws IOException {
    int port = freePort();
    target.echoOne();
    ssh =
        client.start(
            client.ssh(
                server,
                "-N",
                "-o",
                "ExitOnForwardFailure=yes",
                "-L",
                "127.0.0.1:" + port + ":" + target.address()));
    near = connect(port, server);
    near.setOption(StandardSocketOptions.TCP_NODELAY, true);
  }

  /** Milliseconds there and back. */
  List<Double> roundTrips(int count) throws IOException {
    ByteBuffer one = ByteBuffer.allocateDirect(1);
    List<Double> milliseconds = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      LockSupport.parkNanos(PAUSE_NANOSECONDS);
      long start = System.nanoTime();
      near.write(one.clear());
      if (near.read(one.clear()) != 1) {
        throw new IOException("the forward ended after " + i + " round trips");
      }
      milliseconds.add((System.nanoTime() - start) / 1e6);
    }
    return milliseconds;
  }

  /** ssh listens once it has logged in. */
  private SocketChannel connect(int port, Server server) throws IOException {
    long start = System.nanoTime();
    while (true) {
      try {
        return SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      } catch (IOException notYet) {
        if (!ssh.isAlive() || System.nanoTime() - start > PATIENCE_NANOSECONDS) {
          throw Client.failure(ssh, server, "ssh -L does not listen");
        }
        LockSupport.parkNanos(5_000_000);
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException {
    near.close();
    ssh.destroy();
    target.close();
  }
}
