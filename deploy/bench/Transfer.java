import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Many bytes through {@code ssh -W}, from a thread of this program to another one. */
final class Transfer {
  private static final double MEBIBYTE = 1 << 20;

  private final Client client;
  private final long bytes;

  /**
   * @param bytes of each transfer
   */
  Transfer(Client client, long bytes) {
    this.client = client;
    this.bytes = bytes;
  }

  /** From the target to the user, or the other way. */
  enum Direction {
    DOWNLOAD,
    UPLOAD
  }

  /**
   * What one transfer took. The clock and the processor time start when the forward is open, and so
   * leave the login out.
   *
   * @param mebibytesPerSecond until the last byte arrived
   * @param cpuSecondsPerGibibyte of the server's processes alone
   */
  record Sample(double mebibytesPerSecond, double cpuSecondsPerGibibyte) {}

  Sample run(Server server, String cipher, Direction direction)
      throws IOException, InterruptedException {
    server.awaitNoChildren();
    try (Target target = new Target()) {
      ProcessBuilder builder =
          client.ssh(server, "-W", target.address(), "-o", "Ciphers=" + cipher);
      switch (direction) {
        case DOWNLOAD -> builder.redirectOutput(ProcessBuilder.Redirect.PIPE);
        case UPLOAD -> builder.redirectInput(ProcessBuilder.Redirect.PIPE);
      }
      Process ssh = client.start(builder);
      try (SocketChannel forward = accept(target, ssh, server)) {
        double cpu = server.cpuSeconds();
        long start = System.nanoTime();
        switch (direction) {
          case DOWNLOAD -> pass(() -> send(forward), ssh.getInputStream());
          case UPLOAD -> pass(() -> send(ssh.getOutputStream()), Channels.newInputStream(forward));
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        forward.shutdownOutput();
        Client.awaitSuccess(ssh, server);
        server.awaitNoChildren();
        return new Sample(
            bytes / MEBIBYTE / seconds, (server.cpuSeconds() - cpu) / (bytes / MEBIBYTE / 1024));
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
      double socket = timed(() -> send(far), Channels.newInputStream(near));
      Process cat = new ProcessBuilder("cat").start();
      double pipes = timed(() -> send(cat.getOutputStream()), cat.getInputStream());
      return new double[] {socket, pipes};
    }
  }

  private double timed(Callable<Long> source, InputStream sink)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    pass(source, sink);
    return bytes / MEBIBYTE / ((System.nanoTime() - start) / 1e9);
  }

  private static SocketChannel accept(Target target, Process ssh, Server server)
      throws IOException {
    try {
      return target.accept();
    } catch (IOException e) {
      throw Client.failure(ssh, server, e.getMessage());
    }
  }

  /** Runs the source on a thread of its own and the sink on this one. */
  private void pass(Callable<Long> source, InputStream sink)
      throws IOException, InterruptedException {
    FutureTask<Long> sending = new FutureTask<>(source);
    Thread.ofPlatform().daemon().start(sending);
    byte[] buffer = new byte[Target.BUFFER];
    long arrived = 0;
    for (int n = sink.read(buffer); n >= 0; n = sink.read(buffer)) {
      arrived += n;
    }
    try {
      long sent = sending.get();
      if (sent != bytes || arrived != bytes) {
        throw new IOException(arrived + " bytes arrived of " + sent + " sent");
      }
    } catch (ExecutionException e) {
      throw new IOException("the source broke off after " + arrived + " bytes arrived", e);
    }
  }

  private long send(SocketChannel to) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(Target.BUFFER).put(noise()).flip();
    long sent = 0;
    while (sent < bytes) {
      buffer.limit((int) Math.min(Target.BUFFER, bytes - sent));
      while (buffer.hasRemaining()) {
        sent += to.write(buffer);
      }
      buffer.rewind();
    }
    to.shutdownOutput();
    return sent;
  }

  private long send(OutputStream to) throws IOException {
    byte[] buffer = noise();
    long sent = 0;
    try (to) {
      while (sent < bytes) {
        int n = (int) Math.min(buffer.length, bytes - sent);
        to.write(buffer, 0, n);
        sent += n;
      }
    }
    return sent;
  }

  private static byte[] noise() {
    byte[] noise = new byte[Target.BUFFER];
    new Random(1).nextBytes(noise);
    return noise;
  }
}
