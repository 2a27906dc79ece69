package dev.sallyport.config;

import dev.sallyport.policy.Coverage;
import dev.sallyport.policy.Rule;
import dev.sallyport.spi.Cidr;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * Networks that are so large that they hold the Internet, or a part of it that is nobody's own.
 * Pure.
 */
final class WideNetworks {
  /**
   * What is no part of the public Internet (RFC 6890; RFC 1918, 6598, 4193, 3927, 4291, 2544,
   * 5737).
   */
  private static final List<Cidr> NOT_PUBLIC =
      Stream.of(
              "10.0.0.0/8",
              "172.16.0.0/12",
              "192.168.0.0/16",
              "100.64.0.0/10",
              "127.0.0.0/8",
              "169.254.0.0/16",
              "198.18.0.0/15",
              "240.0.0.0/4",
              "fc00::/7",
              "fe80::/10")
          .map(Cidr::parse)
          .toList();

  /** Public networks up to these sizes may be an organisation's own. */
  private static final int OWN_IPV4 = 16;

  private static final int OWN_IPV6 = 32;

  private WideNetworks() {}

  /** What to say of {@code private-networks}: each continues a sentence about the key. */
  static List<String> of(Collection<Cidr> networks) {
    List<String> warnings = new ArrayList<>();
    for (Cidr all : Rule.ANYWHERE) {
      boolean everything = Coverage.covers(networks, all);
      if (everything) {
        warnings.add(
            "holds every %s address, so a rule may allow any host on the Internet: write the networks of your targets only"
                .formatted(isIpv4(all) ? "IPv4" : "IPv6"));
      } else {
        networks.stream()
            .filter(network -> isIpv4(network) == isIpv4(all) && isWide(network))
            .forEach(network ->
                warnings.add(
                    "has %s, which holds public addresses of many organisations: write the networks of your targets only"
                        .formatted(network)));
      }
    }
    return warnings;
  }

  /** The same of {@code unsafe-networks}, whose purpose is to name what is dangerous. */
  static List<String> ofExceptions(Collection<Cidr> networks) {
    return Rule.ANYWHERE.stream()
        .filter(all -> Coverage.covers(networks, all))
        .map(all ->
            "holds every %s address, so no built-in denial is left, not even of the metadata service and of the bastion itself: write the addresses that you need only"
                .formatted(isIpv4(all) ? "IPv4" : "IPv6"))
        .toList();
  }

  private static boolean isWide(Cidr network) {
    return network.prefix() < (isIpv4(network) ? OWN_IPV4 : OWN_IPV6)
        && NOT_PUBLIC.stream().noneMatch(one -> Coverage.covers(List.of(one), network));
  }

  private static boolean isIpv4(Cidr network) {
    return network.network() instanceof Inet4Address;
  }
}
