package dev.sallyport.model;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * The network that counts as one source: an IPv4 address, or an IPv6 /64, because every subscriber
 * has at least that (RFC 6177, section 2), and would otherwise be 2^64 sources.
 *
 * @param isIpv6 whether it is an IPv6 network
 * @param bits the address, or the first half of it
 */
public record SourceNetwork(boolean isIpv6, long bits) {
  /** The source of an address; v4-mapped addresses are IPv4. */
  public static SourceNetwork of(InetAddress address) {
    InetAddress plain = IpText.unmapped(address);
    ByteBuffer bytes = ByteBuffer.wrap(plain.getAddress());
    return plain instanceof Inet4Address
        ? new SourceNetwork(false, bytes.getInt())
        : new SourceNetwork(true, bytes.getLong());
  }

  /** {@code 203.0.113.7}, {@code 2001:db8::/64}. */
  public String text() {
    return isIpv6
        ? IpText.format(IpText.address(ByteBuffer.allocate(16).putLong(bits).array())) + "/64"
        : IpText.format(IpText.address(ByteBuffer.allocate(4).putInt((int) bits).array()));
  }

  @Override
  public String toString() {
    return text();
  }
}
