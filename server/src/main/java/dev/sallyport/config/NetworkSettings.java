package dev.sallyport.config;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/**
 * What the operator wrote of networks that plugins may add to; the {@link
 * dev.sallyport.policy.Policy} has what it means.
 *
 * @param privateNetworks networks, and names such as {@code vpc}
 * @param ownAddresses without those that a plugin told
 */
public record NetworkSettings(List<String> privateNetworks, Set<InetAddress> ownAddresses) {
  public NetworkSettings {
    privateNetworks = List.copyOf(privateNetworks);
    ownAddresses = Set.copyOf(ownAddresses);
  }
}
