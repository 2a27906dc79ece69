package dev.sallyport.auth;

import dev.sallyport.model.Host;
import dev.sallyport.model.Parsed;
import dev.sallyport.policy.Destination;
import dev.sallyport.policy.Ports;
import dev.sallyport.spi.Cidr;
import dev.sallyport.spi.PermittedDestination;
import java.net.InetAddress;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A destination that is allowed by a rule, by a {@code permitopen}, or by both: the intersection of
 * two places is a place.
 *
 * @param name the name that must be requested, if any
 * @param network the network of the dialled address, if restricted
 */
public record Place(Optional<Host.Name> name, Optional<Cidr> network, Ports ports) {
  /** The place that a rule allows. */
  static Place of(Destination destination) {
    return switch (destination) {
      case Destination.NetworkDestination(Cidr network, Ports ports) ->
          new Place(Optional.empty(), Optional.of(network), ports);
      case Destination.NameDestination(Host.Name name, Ports ports) ->
          new Place(Optional.of(name), Optional.empty(), ports);
    };
  }

  /** The place that a {@code permitopen} allows; empty when it names no valid host. */
  static Optional<Place> of(PermittedDestination permitted) {
    Ports ports = ports(permitted.port());
    if (permitted.host().equals(PermittedDestination.ANY_HOST)) {
      return Optional.of(new Place(Optional.empty(), Optional.empty(), ports));
    }
    return switch (Host.parse(permitted.host())) {
      case Parsed.Malformed<Host> nothing -> Optional.empty();
      case Parsed.Valid<Host>(Host.Address(InetAddress address)) ->
          Optional.of(
              new Place(
                  Optional.empty(),
                  Optional.of(new Cidr(address, address.getAddress().length * 8)),
                  ports));
      case Parsed.Valid<Host>(Host.Name name) ->
          Optional.of(new Place(Optional.of(name), Optional.empty(), ports));
    };
  }

  private static Ports ports(OptionalInt port) {
    return port.isPresent() ? Ports.of(port.getAsInt(), port.getAsInt()) : Ports.ALL;
  }

  /**
   * Whether a request for {@code host} is for this place.
   *
   * @param address the dialled address
   */
  boolean matches(Host host, InetAddress address, int port) {
    return name.stream().allMatch(host::equals)
        && network.stream().allMatch(one -> one.contains(address))
        && ports.contains(port);
  }

  /** The intersection; empty when there is none. */
  Optional<Place> and(Place other) {
    // Most of many places are disjoint, so this is checked first.
    if (isApart(other)) {
      return Optional.empty();
    }
    Ports shared = ports.and(other.ports);
    return shared.ranges().isEmpty()
        ? Optional.empty()
        : Optional.of(new Place(name.or(other::name), narrower(other), shared));
  }

  /** Whether the hosts are disjoint; of two networks that are not, one contains the other. */
  private boolean isApart(Place other) {
    return (name.isPresent() && other.name.isPresent() && !name.equals(other.name))
        || (network.isPresent()
            && other.network.isPresent()
            && !network.get().contains(other.network.get().network())
            && !other.network.get().contains(network.get().network()));
  }

  private Optional<Cidr> narrower(Place other) {
    return network.isPresent()
            && other.network.stream().allMatch(one -> one.prefix() <= network.get().prefix())
        ? network
        : other.network;
  }

  /**
   * As in a rule, such as {@code 10.0.2.0/24:22}. A name that must resolve to an address or network
   * shows that after a blank: {@code web.internal:22 at 10.0.2.15}.
   */
  @Override
  public String toString() {
    if (name.isEmpty()) {
      return network
          .map(only -> new Destination.NetworkDestination(only, ports).toString())
          .orElse("*:" + ports);
    }
    return new Destination.NameDestination(name.get(), ports)
        + network.map(only -> (only.isOneAddress() ? " at " : " in ") + only).orElse("");
  }
}
