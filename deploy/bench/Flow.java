import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * So many bytes from a source to a sink of this program.
 *
 * @param bytes that have to arrive, no more and no less
 */
record Flow(long bytes) {
  /** Runs the source on a thread of its own and the sink on this one. */
  void pass(Callable<Long> source, InputStream sink) throws IOException, InterruptedException {
    FutureTask<Long> sending = new FutureTask<>(source);
    Thread.ofPlatform().daemon().start(sending);
    long arrived = drain(sink);
    try {
      long sent = sending.get();
      if (sent != bytes || arrived != bytes) {
        throw new IOException(arrived + " bytes arrived of " + sent + " sent");
      }
    } catch (ExecutionException e) {
      throw new IOException("the source broke off after " + arrived + " bytes arrived", e);
    }
  }

  /** Reads as many as something else sends, and not what follows them. */
  void receive(InputStream sink) throws IOException {
    byte[] buffer = new byte[Target.BUFFER];
    long arrived = 0;
    while (arrived < bytes) {
      int n = sink.read(buffer, 0, (int) Math.min(buffer.length, bytes - arrived));
      if (n < 0) {
        throw new IOException(arrived + " bytes arrived instead of " + bytes);
      }
      arrived += n;
    }
  }

  private static long drain(InputStream sink) throws IOException {
    byte[] buffer = new byte[Target.BUFFER];
    long arrived = 0;
    for (int n = sink.read(buffer); n >= 0; n = sink.read(buffer)) {
      arrived += n;
    }
    return arrived;
  }

  /** Sends them and then the end; returns how many. */
  long send(SocketChannel to) throws IOException {
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

  /** Sends them; returns how many. */
  long send(OutputStream to) throws IOException {
    byte[] buffer = noise();
    long sent = 0;
    while (sent < bytes) {
      int n = (int) Math.min(buffer.length, bytes - sent);
      to.write(buffer, 0, n);
      sent += n;
    }
    to.flush();
    return sent;
  }

  private static byte[] noise() {
    byte[] noise = new byte[Target.BUFFER];
    new Random(1).nextBytes(noise);
    return noise;
  }
}
