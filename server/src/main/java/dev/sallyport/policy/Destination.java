package dev.sallyport.policy;

import dev.sallyport.model.Host;
import dev.sallyport.model.IpText;
import dev.sallyport.model.Parsed;
import dev.sallyport.spi.Cidr;
import java.net.InetAddress;

/** A destination that a rule allows. */
public sealed interface Destination {
  /** The allowed ports. */
  Ports ports();

  /**
   * Whether a request for {@code host} that leads to {@code address} is for this destination.
   *
   * @param address {@code host} itself, or what it resolved to
   */
  boolean matches(Host host, InetAddress address, int port);

  /**
   * Whether {@link #matches} could be true for {@code name} on {@code port}, whatever address it
   * resolves to.
   */
  boolean couldMatch(Host.Name name, int port);

  /**
   * All addresses of a network, whatever host the user asked for.
   *
   * @param network the addresses
   */
  record NetworkDestination(Cidr network, Ports ports) implements Destination {
    @Override
    public boolean matches(Host host, InetAddress address, int port) {
      return network.contains(address) && ports.contains(port);
    }

    @Override
    public boolean couldMatch(Host.Name name, int port) {
      return ports.contains(port);
    }

    @Override
    public String toString() {
      String text = network.toString();
      return (text.indexOf(':') >= 0 ? "[" + text + "]" : text) + ":" + ports;
    }
  }

  /**
   * A name that the user must ask for. Its addresses must satisfy all other conditions.
   *
   * @param name the whole name; requests for another name, or for an address, do not match
   */
  record NameDestination(Host.Name name, Ports ports) implements Destination {
    @Override
    public boolean matches(Host host, InetAddress address, int port) {
      return name.equals(host) && ports.contains(port);
    }

    @Override
    public boolean couldMatch(Host.Name asked, int port) {
      return name.equals(asked) && ports.contains(port);
    }

    @Override
    public String toString() {
      return name.text() + ":" + ports;
    }
  }

  /**
   * Reads {@code 10.0.2.0/24:22}, {@code 10.0.3.15:5432}, {@code [fd00:1::/64]:22} or {@code
   * db.internal:8000-8999}; ports as in {@link Ports#parse}.
   */
  static Parsed<Destination> parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      return new Parsed.Malformed<>("has no port: write it as 10.0.2.0/24:22 or db.internal:5432");
    }
    return switch (Ports.parse(text.substring(colon + 1))) {
      case Parsed.Malformed<Ports> malformed -> malformed.as();
      case Parsed.Valid<Ports>(Ports ports) -> parse(text.substring(0, colon), ports);
    };
  }

  private static Parsed<Destination> parse(String place, Ports ports) {
    if (place.startsWith("[") && place.endsWith("]") && place.indexOf(':') >= 0) {
      return network(place.substring(1, place.length() - 1), ports);
    }
    if (place.indexOf(':') >= 0) {
      return new Parsed.Malformed<>("needs its IPv6 part in brackets: write it as [fd00::/64]:22");
    }
    if (place.indexOf('/') >= 0) {
      return network(place, ports);
    }
    return switch (Host.parse(place)) {
      case Parsed.Malformed<Host> malformed -> malformed.as();
      case Parsed.Valid<Host>(Host.Address(var address)) -> network(place, ports);
      case Parsed.Valid<Host>(Host.Name name) ->
          new Parsed.Valid<>(new NameDestination(name, ports));
    };
  }

  private static Parsed<Destination> network(String place, Ports ports) {
    return switch (IpText.network(place)) {
      case Parsed.Malformed<Cidr> malformed -> malformed.as();
      case Parsed.Valid<Cidr>(Cidr network) ->
          new Parsed.Valid<>(new NetworkDestination(network, ports));
    };
  }
}
