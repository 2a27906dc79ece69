package dev.sallyport.model;

import dev.sallyport.spi.AddressText;
import dev.sallyport.spi.Cidr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Conversion of addresses from and to text, by the SPI's {@link AddressText}. */
public final class IpText {
  private IpText() {}

  /**
   * Reads four decimal numbers without leading zeros, or an IPv6 address as in RFC 4291, section
   * 2.2, without brackets and without a zone. A v4-mapped address is the IPv4 address it stands
   * for.
   */
  public static Optional<InetAddress> parse(String text) {
    return AddressText.parse(text);
  }

  /** Reads a network, as {@link Cidr#parse} does. */
  public static Parsed<Cidr> network(String text) {
    try {
      return new Parsed.Valid<>(Cidr.parse(text));
    } catch (IllegalArgumentException e) {
      return new Parsed.Malformed<>(String.valueOf(e.getMessage()));
    }
  }

  /**
   * The canonical text: RFC 5952 for IPv6; never a name, never a zone.
   *
   * @param address of any kind; one that is v4-mapped is shown as the IPv4 address it stands for
   */
  public static String format(InetAddress address) {
    return AddressText.of(address);
  }

  /** An address and port for a message: {@code 10.0.1.5:22}, {@code [fd00::5]:22}. */
  public static String shown(InetSocketAddress address) {
    return new Target(format(address.getAddress()), address.getPort()).shown();
  }

  /** The address of 4 or 16 bytes, without a name; 16 bytes that are v4-mapped make it IPv4. */
  public static InetAddress address(byte[] bytes) {
    return AddressText.address(bytes);
  }

  /**
   * The same address without the name or the zone it was found with, and as IPv4 if it is v4-mapped
   * (RFC 4291, section 2.5.5.2): the kernel dials both as the same.
   */
  public static InetAddress unmapped(InetAddress address) {
    return AddressText.unmapped(address);
  }
}
