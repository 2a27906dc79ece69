package dev.sallyport.ssh;

import dev.sallyport.forward.LiveSet;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All connections of one kind, and the clock that asks each of them every second whether a limit of
 * time is over. The clock runs on a virtual thread of its own and never waits for a connection.
 */
public final class LiveConnections implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.connection");

  private final LiveSet<ServerConnection> connections = new LiveSet<>(LOG);
  private final Thread clock =
      connections.everySecond("connections", connection -> connection.checkTime(System.nanoTime()));
  private volatile boolean draining;

  /** From now on it is asked, and told when all are. */
  public void began(ServerConnection connection) {
    connections.add(connection);
  }

  /** It is over, and the log says so. */
  public void ended(ServerConnection connection) {
    connections.remove(connection);
  }

  /**
   * Waits until all are over.
   *
   * @return whether that came true within {@code patience}
   */
  public boolean awaitNone(Duration patience) throws InterruptedException {
    return connections.awaitNone(patience);
  }

  /** From now on no channel is opened any more. */
  public void drain() {
    draining = true;
  }

  /** Whether {@link #drain} was called. */
  public boolean isDraining() {
    return draining;
  }

  /** Tells every client why, and ends its connection. */
  public void disconnectAll(String reason) {
    connections.forEach(connection -> connection.disconnectSoon(reason));
  }

  @Override
  public void close() {
    clock.interrupt();
  }
}
