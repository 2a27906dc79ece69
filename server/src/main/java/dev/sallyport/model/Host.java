package dev.sallyport.model;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;

/**
 * A host in a request or the configuration: either an address or a name.
 *
 * <p>Resolvers accept many more spellings of an address ({@code 127.1}, {@code 0x7f.1}, {@code
 * 2130706433}), each of which could get around a rule. Here they are malformed.
 */
public sealed interface Host {
  /** As text. */
  String text();

  /**
   * An address.
   *
   * @param address never v4-mapped, and without a name or a zone
   */
  record Address(InetAddress address) implements Host {
    /** Takes any address; see {@link IpText#unmapped}. */
    public Address {
      address = IpText.unmapped(address);
    }

    @Override
    public String text() {
      return IpText.format(address);
    }
  }

  /**
   * A name, which has not been resolved.
   *
   * @param name letters, digits, hyphens and underscores between dots; lower case, without the dot
   *     of the root
   */
  record Name(String name) implements Host {
    /**
     * @throws IllegalArgumentException when {@code name} is not such a name, so that only checked
     *     names can reach a resolver
     */
    public Name {
      if (HostNames.fault(name).isPresent() || !name.equals(name.toLowerCase(Locale.ROOT))) {
        throw new IllegalArgumentException(
            "not a checked name: " + SafeText.escape(name, HostNames.MAX_NAME));
      }
    }

    @Override
    public String text() {
      return name;
    }
  }

  /**
   * Reads an IPv4 address of four decimal numbers, an IPv6 address (RFC 4291, section 2.2, without
   * brackets and without a zone), or a name (RFC 1123, section 2.1, and underscores).
   */
  static Parsed<Host> parse(String text) {
    Optional<InetAddress> address = IpText.parse(text);
    if (address.isPresent()) {
      return new Parsed.Valid<>(new Address(address.get()));
    }
    String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    return HostNames.fault(name)
        .<Parsed<Host>>map(Parsed.Malformed::new)
        .orElseGet(() -> new Parsed.Valid<>(new Name(name.toLowerCase(Locale.ROOT))));
  }
}
