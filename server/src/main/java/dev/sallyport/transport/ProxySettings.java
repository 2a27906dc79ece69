package dev.sallyport.transport;

import dev.sallyport.spi.Cidr;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * Load balancers that send a PROXY header ({@code sallyport.proxy-protocol}).
 *
 * @param from their networks: a connection from there must begin with a header, and from elsewhere
 *     none is read, so that no other client can forge its address
 * @param timeout for the whole header, above zero: a slow one does not keep its place for longer
 */
public record ProxySettings(List<Cidr> from, Duration timeout) {
  /**
   * None. The specification demands a timeout of 3 s at least, so that a lost packet can be sent
   * again.
   */
  public static final ProxySettings DEFAULT = new ProxySettings(List.of(), Duration.ofSeconds(5));

  public ProxySettings {
    from = List.copyOf(from);
  }

  /** Whether the address is a load balancer's. */
  public boolean isBalancer(InetAddress address) {
    return from.stream().anyMatch(network -> network.contains(address));
  }
}
