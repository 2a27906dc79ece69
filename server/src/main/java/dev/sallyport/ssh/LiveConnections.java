package dev.sallyport.ssh;

import dev.sallyport.access.LiveSet;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All connections of one kind. A virtual thread checks the time limits of each of them every
 * second, and never waits for a connection.
 */
public final class LiveConnections implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.connection");

  private final LiveSet<ServerConnection> connections = new LiveSet<>(LOG);
  private final Thread clock =
      connections.everySecond("connections", connection -> connection.checkTime(System.nanoTime()));
  private volatile boolean draining;

  /** Adds a connection, which is checked from now on. */
  public void began(ServerConnection connection) {
    connections.add(connection);
  }

  /** Removes a connection whose end was logged. */
  public void ended(ServerConnection connection) {
    connections.remove(connection);
  }

  /**
   * Waits until all connections have ended.
   *
   * @return false when {@code patience} has passed before
   */
  public boolean awaitNone(Duration patience) throws InterruptedException {
    return connections.awaitNone(patience);
  }

  /** Refuses new channels from now on. */
  public void drain() {
    draining = true;
  }

  /** Whether {@link #drain} was called. */
  public boolean isDraining() {
    return draining;
  }

  /** Disconnects all clients with a reason. */
  public void disconnectAll(String reason) {
    connections.forEach(connection -> connection.disconnectSoon(reason));
  }

  @Override
  public void close() {
    clock.interrupt();
  }
}
