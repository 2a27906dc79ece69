package dev.sallyport.gateway.relay;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.forward.LiveSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What goes on because a rule granted it, and the clock that asks each of them every second whether
 * it still may. The clock runs on a virtual thread of its own and never waits for one of them.
 */
final class Grants implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.gateway");

  private final LiveSet<Granted> live = new LiveSet<>(LOG);
  private final Thread clock = live.everySecond("grants", Granted::reconsider);

  /** Something that rests on a grant. Its methods never wait. */
  interface Granted {
    /** The connection of the client whose it is. */
    AuditEvent.Connection connection();

    /** Ends, with a sentence, unless it would be granted now. */
    void reconsider();
  }

  /** From now on it is asked. */
  void began(Granted granted) {
    live.add(granted);
  }

  /** It is over. */
  void ended(Granted granted) {
    live.remove(granted);
  }

  /** Asks those of one connection now. */
  void reconsider(AuditEvent.Connection connection) {
    live.forEach(one -> one.connection().equals(connection), Granted::reconsider);
  }

  @Override
  public void close() {
    clock.interrupt();
  }
}
