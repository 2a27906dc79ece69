package dev.sallyport.policy;

import dev.sallyport.model.IpText;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Finds the IPv4 addresses that are embedded in an IPv6 address. */
final class EmbeddedIpv4 {
  private EmbeddedIpv4() {}

  /**
   * The IPv4 addresses that are embedded in {@code address} in any of the known forms; none if it
   * is IPv4, or has none of these forms. {@code ::} and {@code ::1} embed nothing.
   */
  static List<InetAddress> in(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return List.of();
    }
    byte[] bytes = address.getAddress();
    List<InetAddress> found = new ArrayList<>();
    // v4-mapped (RFC 4291, section 2.5.5.2). Addresses are unmapped earlier; this is a second line
    // of defence.
    if (begins(bytes, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff)) {
      found.add(ipv4(bytes, 12, 13, 14, 15));
    }
    // v4-compatible (RFC 4291, section 2.5.5.1).
    if (begins(bytes, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) && !isUnspecifiedOrLoopback(bytes)) {
      found.add(ipv4(bytes, 12, 13, 14, 15));
    }
    // v4-translated, ::ffff:0:a.b.c.d (RFC 2765, section 2.1).
    if (begins(bytes, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0)) {
      found.add(ipv4(bytes, 12, 13, 14, 15));
    }
    // NAT64, the well-known prefix 64:ff9b::/96 (RFC 6052, section 2.1).
    if (begins(bytes, 0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0)) {
      found.add(ipv4(bytes, 12, 13, 14, 15));
    }
    // NAT64, the local-use prefix 64:ff9b:1::/48 (RFC 8215).
    if (begins(bytes, 0, 0x64, 0xff, 0x9b, 0, 1)) {
      found.addAll(localNat64(bytes));
    }
    // 6to4, 2002:a.b.c.d::/48 (RFC 3056, section 2).
    if (begins(bytes, 0x20, 0x02)) {
      found.add(ipv4(bytes, 2, 3, 4, 5));
    }
    // Teredo, 2001:0:server:flags:port:client, the client's bits inverted (RFC 4380, section 4).
    if (begins(bytes, 0x20, 0x01, 0, 0)) {
      found.add(ipv4(bytes, 4, 5, 6, 7));
      byte[] client = Arrays.copyOfRange(bytes, 12, 16);
      for (int i = 0; i < client.length; i++) {
        client[i] = (byte) ~client[i];
      }
      found.add(IpText.address(client));
    }
    // ISATAP, the interface identifier [02]00:5efe:a.b.c.d under any prefix (RFC 5214, section
    // 6.1).
    if ((bytes[8] == 0 || bytes[8] == 2)
        && bytes[9] == 0
        && bytes[10] == 0x5e
        && bytes[11] == (byte) 0xfe) {
      found.add(ipv4(bytes, 12, 13, 14, 15));
    }
    return found;
  }

  /**
   * Operators choose a prefix of 48, 56, 64 or 96 bits, and each has the IPv4 address at another
   * position (RFC 6052, section 2.2; byte 8 is skipped). The length is unknown, so all
   * interpretations count. If others remain, those are omitted that result from zeros before or
   * after an address: 0.0.0.0 at the end, 0.0.0.0/8 elsewhere.
   */
  private static List<InetAddress> localNat64(byte[] bytes) {
    InetAddress last = ipv4(bytes, 12, 13, 14, 15);
    List<InetAddress> others =
        List.of(ipv4(bytes, 9, 10, 11, 12), ipv4(bytes, 7, 9, 10, 11), ipv4(bytes, 6, 7, 9, 10));
    List<InetAddress> likely =
        Stream.concat(
                Stream.of(last).filter(reading -> !reading.isAnyLocalAddress()),
                others.stream().filter(reading -> reading.getAddress()[0] != 0))
            .toList();
    return likely.isEmpty() ? List.of(last) : likely;
  }

  private static boolean isUnspecifiedOrLoopback(byte[] bytes) {
    return bytes[12] == 0 && bytes[13] == 0 && bytes[14] == 0 && (bytes[15] & 0xff) <= 1;
  }

  private static boolean begins(byte[] bytes, int... prefix) {
    for (int i = 0; i < prefix.length; i++) {
      if ((bytes[i] & 0xff) != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  private static InetAddress ipv4(byte[] bytes, int first, int second, int third, int fourth) {
    return IpText.address(new byte[] {bytes[first], bytes[second], bytes[third], bytes[fourth]});
  }
}
