package dev.sallyport.transport;

import dev.sallyport.spi.Cidr;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * Which load balancers tell where their clients are ({@code sallyport.proxy-protocol}).
 *
 * @param from where they are: a connection from there must begin with a header of the PROXY
 *     protocol, and from anywhere else none is read, so that nobody else can claim to be somebody
 * @param timeout for the whole header, above zero: one that trickles holds a place no longer
 */
public record ProxySettings(List<Cidr> from, Duration timeout) {
  /** None; the specification asks for 3 s at least, so that a packet that was lost can come. */
  public static final ProxySettings DEFAULT = new ProxySettings(List.of(), Duration.ofSeconds(5));

  public ProxySettings {
    from = List.copyOf(from);
  }

  /** Whether whoever connects from there is a load balancer. */
  public boolean isBalancer(InetAddress address) {
    return from.stream().anyMatch(network -> network.contains(address));
  }
}
