package dev.sallyport.transport;

import dev.sallyport.model.OnceAMinute;
import dev.sallyport.transport.ProxyHeader.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections of load balancers whose PROXY header has not arrived yet. They have no source, so
 * they are counted here. One virtual thread each; the accepting thread does not wait.
 */
final class PendingHeaders implements AutoCloseable {
  /** Not this class's name, under which the library logs. */
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.connection");

  /**
   * Most that wait at the same time; takes a megabyte of memory at most. A header comes in the
   * first packet. So when there are more, the one that has waited longest is closed: it will hardly
   * send one, and connections without a header cannot keep others out.
   */
  static final int MOST = 256;

  private final Admission admission;
  private final Next next;
  private final OnceAMinute lost = new OnceAMinute();
  private final SequencedMap<SocketChannel, InetSocketAddress> waiting = new LinkedHashMap<>();
  private boolean closed;

  /** Takes connections whose client is known. */
  @FunctionalInterface
  interface Next {
    /**
     * Makes an SSH connection of the socket. Never waits.
     *
     * @param source the client's address
     * @param via the load balancer, unless it is the client itself
     */
    void begin(SocketChannel socket, InetSocketAddress source, Optional<InetSocketAddress> via);
  }

  PendingHeaders(Admission admission, Next next) {
    this.admission = admission;
    this.next = next;
  }

  /**
   * Reads the header, and then passes the connection on or closes it. Never waits.
   *
   * @param timeout for the whole header
   */
  void await(SocketChannel socket, InetSocketAddress balancer, Duration timeout) {
    Optional<Map.Entry<SocketChannel, InetSocketAddress>> oldest = Optional.empty();
    synchronized (this) {
      if (closed) {
        WireSession.closeQuietly(socket);
        return;
      }
      if (waiting.size() >= MOST) {
        oldest = Optional.ofNullable(waiting.pollFirstEntry());
      }
      waiting.put(socket, balancer);
    }
    oldest.ifPresent(
        old -> refuse(old.getKey(), old.getValue(), "too many others came before it was there"));
    Thread.ofVirtual()
        .name("proxy-header-" + balancer)
        .start(() -> read(socket, balancer, timeout));
  }

  private void read(SocketChannel socket, InetSocketAddress balancer, Duration timeout) {
    try {
      Progress progress = readWhole(socket, timeout);
      synchronized (this) {
        if (waiting.remove(socket) == null) {
          // It was dropped meanwhile and is closed; the acceptor may be closed too.
          return;
        }
      }
      switch (progress) {
        case Progress.Complete(ProxyHeader.Relayed(InetSocketAddress source)) ->
            next.begin(socket, source, Optional.of(balancer));
        case Progress.Complete(ProxyHeader.Own()) -> next.begin(socket, balancer, Optional.empty());
        case Progress.Malformed(String reason) -> refuse(socket, balancer, reason);
        // Not a single byte: many load balancers check in this way whether the server is up.
        case Progress.More(int bytes) -> WireSession.closeQuietly(socket);
      }
    } catch (SocketTimeoutException e) {
      refuse(socket, balancer, "it did not come within " + timeout.toMillis() + " ms");
    } catch (IOException e) {
      LOG.trace("{} closed before its header", balancer, e);
      WireSession.closeQuietly(socket);
    } catch (RuntimeException | Error e) {
      lost.tell(
          more -> LOG.error("a connection failed before it began; others are accepted{}", more, e));
      WireSession.closeQuietly(socket);
    } finally {
      synchronized (this) {
        waiting.remove(socket);
      }
    }
  }

  private void refuse(SocketChannel socket, InetSocketAddress balancer, String reason) {
    WireSession.closeQuietly(socket);
    admission.refuseHeader(balancer.getAddress(), reason);
  }

  /**
   * Reads no byte beyond the header.
   *
   * @return {@link Progress.More} when the stream ended before the first byte
   */
  private Progress readWhole(SocketChannel socket, Duration timeout) throws IOException {
    long deadline = System.nanoTime() + timeout.toNanos();
    InputStream in = socket.socket().getInputStream();
    byte[] bytes = new byte[ProxyHeaderV1.LARGEST];
    int length = 0;
    while (true) {
      Progress progress = ProxyHeader.read(bytes, length);
      if (!(progress instanceof Progress.More(int wanted))) {
        socket.socket().setSoTimeout(0);
        return progress;
      }
      if (length + wanted > bytes.length) {
        bytes = Arrays.copyOf(bytes, length + wanted);
      }
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new SocketTimeoutException();
      }
      socket.socket().setSoTimeout((int) left);
      int count = in.read(bytes, length, wanted);
      if (count < 0) {
        return length == 0
            ? progress
            : new Progress.Malformed("the connection ended before its header did");
      }
      length += count;
    }
  }

  /** Closes all of them, and accepts no more. */
  @Override
  public void close() {
    List<SocketChannel> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(waiting.keySet());
      waiting.clear();
    }
    all.forEach(WireSession::closeQuietly);
  }
}
