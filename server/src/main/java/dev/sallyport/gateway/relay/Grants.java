package dev.sallyport.gateway.relay;

import dev.sallyport.access.LiveSet;
import dev.sallyport.audit.AuditEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All grants that are in use, each of which is evaluated again every second, on a virtual thread
 * that never waits for one of them.
 */
final class Grants implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.gateway");

  private final LiveSet<Granted> live = new LiveSet<>(LOG);
  private final Thread clock = live.everySecond("grants", Granted::reconsider);

  /** A use of a grant. Its methods never wait. */
  interface Granted {
    /** The client's connection. */
    AuditEvent.Connection connection();

    /** Ends it with a message unless it would be granted now. */
    void reconsider();
  }

  /** Evaluates it every second from now on. */
  void began(Granted granted) {
    live.add(granted);
  }

  /** Stops evaluating it. */
  void ended(Granted granted) {
    live.remove(granted);
  }

  /** Evaluates those of one connection now. */
  void reconsider(AuditEvent.Connection connection) {
    live.forEach(one -> one.connection().equals(connection), Granted::reconsider);
  }

  @Override
  public void close() {
    clock.interrupt();
  }
}
