package dev.sallyport.spi;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Set;

/**
 * Knows which networks are private where the bastion stands, so that the operator need not type
 * them: {@code private-networks = "vpc"}. Asked when a configuration is loaded, by one thread.
 */
public interface NetworkSource {
  /** What the configuration calls the networks; lower case, with dashes. */
  String name();

  /**
   * Asks, and asks again until there is an answer or patience is over; at least once. Each attempt
   * is bounded by a few seconds of its own.
   *
   * @throws IOException when there is no whole answer; the message is a sentence without a full
   *     stop that says what happened to what
   * @throws InterruptedException when the thread is told to stop waiting
   */
  Networks networks(Duration patience) throws IOException, InterruptedException;

  /**
   * What it knows.
   *
   * @param privateNetworks as {@code 10.0.0.0/16} or {@code fd00::/8}; nothing outside of these and
   *     of what the operator wrote is ever dialled; at least one
   * @param ownAddresses the bastion's, whether they are on its interfaces or translated on the way;
   *     they are never dialled
   */
  record Networks(Set<String> privateNetworks, Set<InetAddress> ownAddresses) {
    public Networks {
      privateNetworks = Set.copyOf(privateNetworks);
      ownAddresses = Set.copyOf(ownAddresses);
      if (privateNetworks.isEmpty()) {
        throw new IllegalArgumentException("networks without a network");
      }
    }
  }
}
