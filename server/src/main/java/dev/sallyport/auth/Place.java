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
 * Where somebody may go, by a rule or by a {@code permitopen} or by both: what two of them allow
 * together is a place again.
 *
 * @param name what must be asked for, if that matters
 * @param network where the address that is dialled must be, if that matters
 */
public record Place(Optional<Host.Name> name, Optional<Cidr> network, Ports ports) {
  /** Where a rule leads. */
  static Place of(Destination destination) {
    return switch (destination) {
      case Destination.NetworkDestination(Cidr network, Ports ports) ->
          new Place(Optional.empty(), Optional.of(network), ports);
      case Destination.NameDestination(Host.Name name, Ports ports) ->
          new Place(Optional.of(name), Optional.empty(), ports);
    };
  }

  /** What a {@code permitopen} names; nothing when it names no host that there can be. */
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
   * Whether this is where a user goes who asks for {@code host}.
   *
   * @param address that is dialled
   */
  boolean matches(Host host, InetAddress address, int port) {
    return name.stream().allMatch(host::equals)
        && network.stream().allMatch(one -> one.contains(address))
        && ports.contains(port);
  }

  /** What is in both; nothing when nothing is. */
  Optional<Place> and(Place other) {
    // Of many places most are elsewhere, so that is asked first.
    if (isApart(other)) {
      return Optional.empty();
    }
    Ports shared = ports.and(other.ports);
    return shared.ranges().isEmpty()
        ? Optional.empty()
        : Optional.of(new Place(name.or(other::name), narrower(other), shared));
  }

  /** Whether no host is in both; two networks are apart, or one is in the other. */
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
   * As a rule has it, such as {@code 10.0.2.0/24:22}; a name that must be at an address or in a
   * network says so behind a blank: {@code web.internal:22 at 10.0.2.15}.
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
