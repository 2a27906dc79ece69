package dev.sallyport.ssh;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All connections of one kind, and the clock that asks each of them every second whether a limit of
 * time is over. The clock runs on a virtual thread of its own and never waits for a connection.
 */
public final class LiveConnections implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LiveConnections.class);
  private static final Duration TICK = Duration.ofSeconds(1);

  private final Set<ServerConnection> connections = ConcurrentHashMap.newKeySet();
  private final Thread clock = Thread.ofVirtual().name("connections").start(this::tick);
  private volatile boolean draining;

  /** From now on it is asked, and told when all are. */
  public void began(ServerConnection connection) {
    connections.add(connection);
  }

  /** It is over, and the log says so. */
  public void ended(ServerConnection connection) {
    connections.remove(connection);
    synchronized (connections) {
      connections.notifyAll();
    }
  }

  /** Waits until all are over, {@code patience} at most. */
  public void awaitNone(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    synchronized (connections) {
      while (!connections.isEmpty()) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return;
        }
        connections.wait(left);
      }
    }
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

  private void tick() {
    try {
      while (true) {
        Thread.sleep(TICK);
        long now = System.nanoTime();
        connections.forEach(connection -> check(connection, now));
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  /** A fault with one connection must not stop the clock for all. */
  private static void check(ServerConnection connection, long now) {
    try {
      connection.checkTime(now);
    } catch (RuntimeException e) {
      LOG.error("a connection's limits of time could not be checked", e);
    }
  }

  @Override
  public void close() {
    clock.interrupt();
  }
}
