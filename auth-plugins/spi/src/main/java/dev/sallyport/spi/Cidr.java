package dev.sallyport.spi;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * A network of addresses (RFC 4632, section 3.1; RFC 4291, section 2.3).
 *
 * @param network the first address; every bit after the prefix is zero; never v4-mapped
 * @param prefix how many leading bits all addresses share: 0 to 32 for IPv4, 0 to 128 for IPv6
 */
public record Cidr(InetAddress network, int prefix) implements SourcePattern {
  private static final int MAPPED_PREFIX = 96;

  /**
   * @throws IllegalArgumentException when the prefix is out of range, or {@code network} has bits
   *     set after it
   */
  public Cidr {
    network = AddressText.unmapped(network);
    byte[] bytes = network.getAddress();
    if (prefix < 0 || prefix > bytes.length * 8) {
      throw new IllegalArgumentException("prefix out of range: " + prefix);
    }
    if (hasBitsAfter(bytes, prefix)) {
      throw new IllegalArgumentException("bits set after the prefix " + prefix);
    }
  }

  /**
   * Reads {@code 10.0.0.0/16}, {@code fd00::/8}, or an address alone, which is a network of one. A
   * v4-mapped network ({@code ::ffff:10.0.0.0/104}) is the IPv4 network it stands for.
   *
   * @throws IllegalArgumentException when it is neither; the message continues a sentence that
   *     begins with the text, says what to write instead, and holds nothing of the text itself
   */
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    String addressText = slash < 0 ? text : text.substring(0, slash);
    InetAddress address =
        AddressText.parse(addressText)
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "is not a network: write it as 10.0.0.0/16 or fd00::/8"));
    int bits = address.getAddress().length * 8;
    if (slash < 0) {
      return new Cidr(address, bits);
    }
    String prefixText = text.substring(slash + 1);
    boolean mapped = address instanceof Inet4Address && addressText.indexOf(':') >= 0;
    int lowest = mapped ? MAPPED_PREFIX : 0;
    if (!prefixText.matches("0|[1-9][0-9]{0,2}")
        || Integer.parseInt(prefixText) < lowest
        || Integer.parseInt(prefixText) - lowest > bits) {
      throw new IllegalArgumentException(
          "has no prefix length between " + lowest + " and " + (lowest + bits) + " after the /");
    }
    int prefix = Integer.parseInt(prefixText) - lowest;
    if (hasBitsAfter(address.getAddress(), prefix)) {
      throw new IllegalArgumentException(
          "has bits set after its prefix: write "
              + firstOf(address, prefix)
              + ", or the address without a prefix for it alone");
    }
    return new Cidr(address, prefix);
  }

  /** Whether {@code address} is in the network; a v4-mapped address counts as IPv4. */
  public boolean contains(InetAddress address) {
    byte[] wanted = network.getAddress();
    byte[] given = AddressText.unmapped(address).getAddress();
    if (wanted.length != given.length) {
      return false;
    }
    int whole = prefix / 8;
    for (int i = 0; i < whole; i++) {
      if (wanted[i] != given[i]) {
        return false;
      }
    }
    int rest = prefix % 8;
    return rest == 0 || ((wanted[whole] ^ given[whole]) & 0xff) >> (8 - rest) == 0;
  }

  @Override
  public boolean matches(InetAddress address) {
    return contains(address);
  }

  /** Whether all its bits are the prefix. */
  public boolean isOneAddress() {
    return prefix == network.getAddress().length * 8;
  }

  /** Whether any address is in both networks. */
  public boolean overlaps(Cidr other) {
    return contains(other.network) || other.contains(network);
  }

  /** As {@link #parse} reads it; a network of one is its address alone. */
  @Override
  public String toString() {
    String address = AddressText.of(network);
    return isOneAddress() ? address : address + "/" + prefix;
  }

  private static Cidr firstOf(InetAddress address, int prefix) {
    byte[] bytes = address.getAddress();
    for (int bit = prefix; bit < bytes.length * 8; bit++) {
      bytes[bit / 8] &= (byte) ~(0x80 >> (bit % 8));
    }
    return new Cidr(AddressText.address(bytes), prefix);
  }

  private static boolean hasBitsAfter(byte[] bytes, int prefix) {
    for (int bit = prefix; bit < bytes.length * 8; bit++) {
      if ((bytes[bit / 8] & (0x80 >> (bit % 8))) != 0) {
        return true;
      }
    }
    return false;
  }
}
