package dev.sallyport.ssh;

import java.time.Duration;
import java.util.Optional;

/**
 * How a connection ends whose client has lost the right to it: it is told why, and one that does
 * not read is not waited for. For the connections' clock and whoever else begins it.
 */
public final class Farewell {
  /** For the words to go out; a client that stops reading must not keep what it has lost. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final ServerConnection connection;
  private Optional<Long> begun = Optional.empty();

  /** For one connection. */
  public Farewell(ServerConnection connection) {
    this.connection = connection;
  }

  /**
   * Tells the client why; only the first time counts.
   *
   * @param sentence without a full stop; escaped
   * @param now as {@link System#nanoTime} has it
   * @return whether it was the first time
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
   * Whether it was begun. Called every second, to end without more words when it takes too long.
   */
  public synchronized boolean isUnderWay(long now) {
    if (begun.isPresent() && now - begun.get() > PATIENCE.toNanos()) {
      connection.endSoon("the client did not read why it must go");
    }
    return begun.isPresent();
  }
}
