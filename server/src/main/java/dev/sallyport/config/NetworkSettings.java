package dev.sallyport.config;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/**
 * The networks as the operator wrote them; the {@link dev.sallyport.policy.Policy} has those with
 * the plugins' additions.
 *
 * @param privateNetworks networks, and names such as {@code vpc}
 * @param ownAddresses without those from plugins
 */
public record NetworkSettings(List<String> privateNetworks, Set<InetAddress> ownAddresses) {
  public NetworkSettings {
    privateNetworks = List.copyOf(privateNetworks);
    ownAddresses = Set.copyOf(ownAddresses);
  }
}
