import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Callable;

/** Many bytes through {@code ssh -W}, from a thread of this program to another one. */
final class Transfer {
  private static final double MEBIBYTE = 1 << 20;

  private final Client client;
  private final Flow flow;

  /**
   * @param bytes of each transfer
   */
  Transfer(Client client, long bytes) {
    this.client = client;
    this.flow = new Flow(bytes);
  }

  /** From the target to the user, or the other way. */
  enum Direction {
    DOWNLOAD,
    UPLOAD
  }

  /**
   * What one transfer took. The clock and the processor time start when the way to the target is
   * open, and so leave the login out.
   *
   * @param mebibytesPerSecond until the last byte arrived
   * @param cpuSecondsPerGibibyte of the server's processes alone
   */
  record Sample(double mebibytesPerSecond, double cpuSecondsPerGibibyte) {
    static Sample of(long bytes, double seconds, double cpuSeconds) {
      return new Sample(bytes / MEBIBYTE / seconds, cpuSeconds / (bytes / MEBIBYTE / 1024));
    }
  }

  Sample run(Server server, String cipher, Direction direction)
      throws IOException, InterruptedException {
    return run(server, server.port(), cipher, direction);
  }

  /**
   * @param port where the server is reached
   */
  Sample run(Server server, int port, String cipher, Direction direction)
      throws IOException, InterruptedException {
    server.awaitNoChildren();
    try (Target target = new Target()) {
      ProcessBuilder builder =
          client.ssh(server, "-p", "" + port, "-W", target.address(), "-o", "Ciphers=" + cipher);
      switch (direction) {
        case DOWNLOAD -> builder.redirectOutput(ProcessBuilder.Redirect.PIPE);
        case UPLOAD -> builder.redirectInput(ProcessBuilder.Redirect.PIPE);
      }
      Process ssh = client.start(builder);
      try (SocketChannel forward = accept(target, ssh, server)) {
        double cpu = server.cpuSeconds();
        long start = System.nanoTime();
        switch (direction) {
          case DOWNLOAD -> flow.pass(() -> flow.send(forward), ssh.getInputStream());
          case UPLOAD -> flow.pass(() -> sendAndEnd(ssh), Channels.newInputStream(forward));
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        forward.shutdownOutput();
        Client.awaitSuccess(ssh, server);
        server.awaitNoChildren();
        return Sample.of(flow.bytes(), seconds, server.cpuSeconds() - cpu);
      }
    }
  }

  /**
   * How fast source and sink are by themselves, in MiB/s, so that it can be seen that they do not
   * hold the servers back: over a socket, and through {@code cat} and its two pipes.
   */
  double[] ceilings() throws IOException, InterruptedException {
    try (Target target = new Target();
        SocketChannel near = SocketChannel.open(target.socketAddress());
        SocketChannel far = target.accept()) {
      double socket = timed(() -> flow.send(far), Channels.newInputStream(near));
      Process cat = new ProcessBuilder("cat").start();
      double pipes = timed(() -> sendAndEnd(cat), cat.getInputStream());
      return new double[] {socket, pipes};
    }
  }

  private long sendAndEnd(Process to) throws IOException {
    try (OutputStream input = to.getOutputStream()) {
      return flow.send(input);
    }
  }

  private double timed(Callable<Long> source, InputStream sink)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    flow.pass(source, sink);
    return flow.bytes() / MEBIBYTE / ((System.nanoTime() - start) / 1e9);
  }

  private static SocketChannel accept(Target target, Process ssh, Server server)
      throws IOException {
    try {
      return target.accept();
    } catch (IOException e) {
      throw Client.failure(ssh, server, e.getMessage());
    }
  }
}
