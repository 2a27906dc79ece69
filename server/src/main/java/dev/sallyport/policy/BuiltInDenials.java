package dev.sallyport.policy;

import dev.sallyport.model.Denial.Reason;
import dev.sallyport.model.IpText;
import dev.sallyport.spi.Cidr;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Addresses that no rule can open, only {@code unsafe-networks}: through them a user would reach
 * the bastion itself, or the credentials that the cloud hands to the bastion.
 *
 * <p>An IPv6 address that carries an IPv4 address may be delivered to that one by a translator or a
 * tunnel, so both must be harmless, and {@code unsafe-networks} excuses each only by itself.
 *
 * @param unsafeNetworks the exceptions
 * @param own the bastion's own addresses
 */
record BuiltInDenials(List<Cidr> unsafeNetworks, List<Set<InetAddress>> own) {
  private record Category(Reason reason, List<Cidr> networks) {}

  /** The more telling reason first: the metadata service is link-local too. */
  private static final List<Category> CATEGORIES =
      List.of(
          category(Reason.METADATA_SERVICE, "169.254.169.254", "fd00:ec2::254"),
          category(Reason.LOOPBACK, "127.0.0.0/8", "::1"),
          category(Reason.UNSPECIFIED, "0.0.0.0/8", "::"),
          category(Reason.LINK_LOCAL, "169.254.0.0/16", "fe80::/10"),
          category(Reason.MULTICAST, "224.0.0.0/4", "ff00::/8"),
          category(Reason.BROADCAST, "255.255.255.255"));

  /** All networks of which an address is denied; a user may reach what is beside them. */
  static List<Cidr> networks() {
    return CATEGORIES.stream().flatMap(category -> category.networks().stream()).toList();
  }

  /** The denial of {@code address} or of an address in it; empty if there is none. */
  Optional<AddressDecision.Denied> of(InetAddress address) {
    InetAddress plain = IpText.unmapped(address);
    return Stream.concat(Stream.of(plain), EmbeddedIpv4.in(plain).stream())
        .flatMap(one -> reason(one).map(why -> new AddressDecision.Denied(why, one)).stream())
        .findFirst();
  }

  /** The reason for which every address of a network is denied; empty if one may not be. */
  Optional<Reason> ofAll(Cidr network) {
    if (network.prefix() == network.network().getAddress().length * Byte.SIZE) {
      return of(network.network()).map(AddressDecision.Denied::reason);
    }
    if (unsafeNetworks.stream().anyMatch(network::overlaps)) {
      return Optional.empty();
    }
    return CATEGORIES.stream()
        .filter(category ->
            category.networks().stream()
                .anyMatch(whole ->
                    whole.prefix() <= network.prefix() && whole.contains(network.network())))
        .map(Category::reason)
        .findFirst();
  }

  private Optional<Reason> reason(InetAddress address) {
    if (contains(unsafeNetworks, address)) {
      return Optional.empty();
    }
    if (own.stream().anyMatch(addresses -> addresses.contains(address))) {
      // Its loopback addresses are the bastion's own too, and that reason says more.
      return category(address).or(() -> Optional.of(Reason.OWN_ADDRESS));
    }
    return category(address);
  }

  private static Optional<Reason> category(InetAddress address) {
    return CATEGORIES.stream()
        .filter(category -> contains(category.networks(), address))
        .map(Category::reason)
        .findFirst();
  }

  private static boolean contains(Collection<Cidr> networks, InetAddress address) {
    return networks.stream().anyMatch(network -> network.contains(address));
  }

  private static Category category(Reason reason, String... networks) {
    return new Category(reason, Stream.of(networks).map(Cidr::parse).toList());
  }
}
