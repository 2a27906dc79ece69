package dev.sallyport.gateway.relay;

import dev.sallyport.audit.AuditEvent;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What goes on because a rule granted it, and the clock that asks each of them every second whether
 * it still may. The clock runs on a virtual thread of its own and never waits for one of them.
 */
final class Grants implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.gateway");
  private static final Duration TICK = Duration.ofSeconds(1);

  private final Set<Granted> live = ConcurrentHashMap.newKeySet();
  private final Thread clock = Thread.ofVirtual().name("grants").start(this::tick);

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
    live.stream().filter(one -> one.connection().equals(connection)).forEach(Grants::ask);
  }

  private void tick() {
    try {
      while (true) {
        Thread.sleep(TICK);
        live.forEach(Grants::ask);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  /** A fault with one must not stop the clock for all. */
  private static void ask(Granted granted) {
    try {
      granted.reconsider();
    } catch (RuntimeException e) {
      LOG.error("it could not be decided whether a session may go on", e);
    }
  }

  @Override
  public void close() {
    clock.interrupt();
  }
}
