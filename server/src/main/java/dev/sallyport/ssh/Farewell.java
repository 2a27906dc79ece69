package dev.sallyport.ssh;

import java.time.Duration;
import java.util.Optional;

/**
 * Ends a connection whose client has lost its authorization: sends the reason, and does not wait
 * long for a client that does not read. For all threads.
 */
public final class Farewell {
  /** How long the message may take: a client that does not read must not keep its connection. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final ServerConnection connection;
  private Optional<Long> begun = Optional.empty();

  public Farewell(ServerConnection connection) {
    this.connection = connection;
  }

  /**
   * Sends the reason to the client. Only the first call has an effect.
   *
   * @param sentence without a full stop; escaped
   * @param now by {@link System#nanoTime}
   * @return whether it was the first call
   */
  public synchronized boolean begin(String sentence, long now) {
    if (begun.isPresent()) {
      return false;
    }
    begun = Optional.of(now);
    connection.disconnectSoon(sentence);
    return true;
  }

  /**
   * Whether it has begun. Called every second; cuts the connection when the message takes too long.
   */
  public synchronized boolean isUnderWay(long now) {
    if (begun.isPresent() && now - begun.get() > PATIENCE.toNanos()) {
      connection.endSoon("the client did not read why it is disconnected");
    }
    return begun.isPresent();
  }
}
