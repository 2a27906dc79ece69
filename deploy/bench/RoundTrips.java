import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/** One byte there and back, thousands of times, one after the other, through {@code ssh -L}. */
final class RoundTrips {
  private static final long PATIENCE_NANOSECONDS = 30_000_000_000L;

  private final Client client;
  private final int count;

  /**
   * @param count of the round trips that are measured; as many go before them
   */
  RoundTrips(Client client, int count) {
    this.client = client;
    this.count = count;
  }

  /** Microseconds that half, and 99 of 100, of the round trips were below. */
  record Sample(double p50, double p99) {
    static Sample of(long[] nanoseconds) {
      long[] sorted = nanoseconds.clone();
      Arrays.sort(sorted);
      return new Sample(
          sorted[sorted.length / 2] / 1e3, sorted[(int) (sorted.length * 0.99)] / 1e3);
    }
  }

  /** Through the server. */
  Sample run(Server server) throws IOException, InterruptedException {
    int port = freePort();
    try (Target target = new Target()) {
      target.echoOne();
      Process ssh =
          client.start(
              client.ssh(
                  server,
                  "-N",
                  "-o",
                  "ExitOnForwardFailure=yes",
                  "-L",
                  "127.0.0.1:" + port + ":" + target.address()));
      try (SocketChannel near = connect(port, ssh, server)) {
        return measure(near);
      } finally {
        ssh.destroy();
        ssh.waitFor();
      }
    }
  }

  /** The same bytes without a server between. */
  Sample direct() throws IOException {
    try (Target target = new Target()) {
      target.echoOne();
      try (SocketChannel near = SocketChannel.open(target.socketAddress())) {
        return measure(near);
      }
    }
  }

  private Sample measure(SocketChannel near) throws IOException {
    near.setOption(StandardSocketOptions.TCP_NODELAY, true);
    ByteBuffer one = ByteBuffer.allocateDirect(1);
    long[] nanoseconds = new long[count];
    for (int i = -count; i < count; i++) {
      long start = System.nanoTime();
      near.write(one.clear());
      if (near.read(one.clear()) != 1) {
        throw new IOException("the forward ended after " + (i + count) + " round trips");
      }
      if (i >= 0) {
        nanoseconds[i] = System.nanoTime() - start;
      }
    }
    return Sample.of(nanoseconds);
  }

  /** ssh listens once it has logged in. */
  static SocketChannel connect(int port, Process ssh, Server server) throws IOException {
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

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
