package dev.sallyport.forward;

import dev.sallyport.model.Grant;
import dev.sallyport.transport.TcpKeepAlive;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Connects to the first of several addresses that answers (RFC 8305, section 5). The next address
 * is tried as soon as one has failed or has not answered for a while. Only addresses of the grant
 * are ever dialled.
 */
public final class Dialer {
  private Dialer() {}

  /**
   * A connected socket.
   *
   * @param socket closed by the caller
   * @param candidate the address, and the rule that allows it
   */
  public record Dialled(SocketChannel socket, Grant.Candidate candidate) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /** The result of one attempt. */
  private sealed interface Outcome {
    record Connected(Dialled dialled) implements Outcome {}

    record Failed(IOException cause) implements Outcome {}
  }

  /**
   * Dials, and waits on the calling (virtual) thread. An interrupt ends it.
   *
   * @throws IOException when no address answered in time; the message says why the last one did not
   */
  public static Dialled dial(List<Grant.Candidate> candidates, ForwardSettings settings)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + settings.connectTimeout().toNanos();
    Queue<Grant.Candidate> waiting = new ArrayDeque<>(candidates);
    List<SocketChannel> sockets = new ArrayList<>();
    BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    try {
      IOException last =
          new SocketTimeoutException(
              "did not answer within " + seconds(settings.connectTimeout()) + " s");
      int trying = 0;
      while (trying > 0 || !waiting.isEmpty()) {
        long patience = deadline - System.nanoTime();
        if (patience <= 0) {
          break;
        }
        Grant.Candidate next = waiting.poll();
        if (next != null) {
          sockets.add(attempt(next, outcomes));
          trying++;
          if (!waiting.isEmpty()) {
            patience = Math.min(patience, settings.attemptDelay().toNanos());
          }
        }
        Outcome outcome = outcomes.poll(patience, TimeUnit.NANOSECONDS);
        if (outcome instanceof Outcome.Connected(Dialled dialled)) {
          sockets.remove(dialled.socket());
          return dialled;
        }
        if (outcome instanceof Outcome.Failed(IOException cause)) {
          trying--;
          last = cause;
        }
      }
      throw last;
    } finally {
      // Closing wakes the threads of the other attempts. One that succeeds late finds its socket
      // closed.
      for (SocketChannel socket : sockets) {
        socket.close();
      }
    }
  }

  private static SocketChannel attempt(Grant.Candidate candidate, BlockingQueue<Outcome> outcomes)
      throws IOException {
    SocketChannel socket = SocketChannel.open();
    Thread.ofVirtual()
        .name("dial-" + candidate.address())
        .start(() -> {
          try {
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            TcpKeepAlive.enable(socket);
            socket.connect(candidate.address());
            outcomes.add(new Outcome.Connected(new Dialled(socket, candidate)));
          } catch (IOException e) {
            outcomes.add(new Outcome.Failed(e));
          } catch (UnsupportedAddressTypeException e) {
            outcomes.add(new Outcome.Failed(new IOException("the bastion has no IPv6", e)));
          }
        });
    return socket;
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? Long.toString(duration.toSeconds())
        : Double.toString(duration.toMillis() / 1000.0);
  }
}
