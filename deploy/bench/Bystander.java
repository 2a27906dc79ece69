import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A user who sends a byte through an open forward now and then, and gets it back. */
final class Bystander implements AutoCloseable {
  private static final long PAUSE_NANOSECONDS = 5_000_000;

  private final Target target = new Target();
  private final Process ssh;
  private final SocketChannel near;

  Bystander(Server server, Client client) throws IOException {
    int port = RoundTrips.freePort();
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
    near = RoundTrips.connect(port, ssh, server);
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

  @Override
  public void close() throws IOException {
    near.close();
    ssh.destroy();
    target.close();
  }
}
