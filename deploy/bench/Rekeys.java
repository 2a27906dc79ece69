import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.sshd.common.kex.KexState;
import org.apache.sshd.common.session.Session;

/** Asks for new keys on connections as soon as they have some. For all threads. */
final class Rekeys {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final AtomicLong exchanges = new AtomicLong();
  private final BooleanSupplier closed;
  private final String atTheEnd;

  /**
   * @param closed whether it is over
   * @param atTheEnd what is said of a connection that ends before
   */
  Rekeys(BooleanSupplier closed, String atTheEnd) {
    this.closed = closed;
    this.atTheEnd = atTheEnd;
  }

  /** Exchanges that were completed so far, on all connections. */
  long count() {
    return exchanges.get();
  }

  /** On a thread of its own, until it is over. */
  void begin(Session session) {
    Thread.ofPlatform().daemon().start(() -> run(session));
  }

  private void run(Session session) {
    try {
      while (!closed.getAsBoolean()) {
        session.reExchangeKeys().verify(PATIENCE);
        // The library says so a little before, and would not begin another exchange.
        while (session.isOpen() && session.getKexState() != KexState.DONE) {
          LockSupport.parkNanos(10_000);
        }
        exchanges.incrementAndGet();
      }
    } catch (IOException e) {
      if (!closed.getAsBoolean()) {
        System.err.println("bench: " + atTheEnd + ": " + e.getMessage());
      }
    }
  }
}
