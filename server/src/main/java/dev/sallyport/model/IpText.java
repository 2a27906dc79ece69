package dev.sallyport.model;

import dev.sallyport.spi.AddressText;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Addresses from text and to text. Strict where the JDK and the C library are lenient, and never
 * near a resolver.
 */
public final class IpText {
  private static final int V4_BYTES = 4;
  private static final int V6_BYTES = 16;

  /** Longest text of an address: eight groups of which the last two are written as IPv4. */
  private static final int MAX_LENGTH = 45;

  private IpText() {}

  /**
   * Reads four decimal numbers without leading zeros, or an IPv6 address as in RFC 4291, section
   * 2.2, without brackets and without a zone. A v4-mapped address is the IPv4 address it stands
   * for.
   */
  public static Optional<InetAddress> parse(String text) {
    if (text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    return (text.indexOf(':') >= 0 ? v6(text) : v4(text)).map(IpText::address);
  }

  /**
   * The canonical text: RFC 5952 for IPv6; never a name, never a zone.
   *
   * @param address of any kind; one that is v4-mapped is shown as the IPv4 address it stands for
   */
  public static String format(InetAddress address) {
    return AddressText.of(unmapped(address));
  }

  /** The address of 4 or 16 bytes, without a name; 16 bytes that are v4-mapped make it IPv4. */
  public static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException impossible) {
      throw new IllegalArgumentException(
          "an address has 4 or 16 bytes, not " + bytes.length, impossible);
    }
  }

  /**
   * The same address without the name or the zone it was found with, and as IPv4 if it is v4-mapped
   * (RFC 4291, section 2.5.5.2): the kernel dials both as the same.
   */
  public static InetAddress unmapped(InetAddress address) {
    return address(address.getAddress());
  }

  private static Optional<byte[]> v4(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != V4_BYTES) {
      return Optional.empty();
    }
    byte[] bytes = new byte[V4_BYTES];
    for (int i = 0; i < V4_BYTES; i++) {
      if (!isOctet(parts[i])) {
        return Optional.empty();
      }
      bytes[i] = (byte) Integer.parseInt(parts[i]);
    }
    return Optional.of(bytes);
  }

  /** A leading zero is refused: some readers take such a number for octal. */
  private static boolean isOctet(String part) {
    return !part.isEmpty()
        && part.length() <= 3
        && part.chars().allMatch(c -> c >= '0' && c <= '9')
        && (part.length() == 1 || part.charAt(0) != '0')
        && Integer.parseInt(part) <= 255;
  }

  private static Optional<byte[]> v6(String text) {
    int gap = text.indexOf("::");
    if (gap < 0) {
      return groups(text).filter(bytes -> bytes.length == V6_BYTES);
    }
    String before = text.substring(0, gap);
    String after = text.substring(gap + 2);
    // An IPv4 tail is the last thing of an address, so it cannot stand before the gap.
    Optional<byte[]> head =
        before.isEmpty()
            ? Optional.of(new byte[0])
            : groups(before).filter(bytes -> before.indexOf('.') < 0);
    Optional<byte[]> tail = after.isEmpty() ? Optional.of(new byte[0]) : groups(after);
    if (head.isEmpty() || tail.isEmpty() || head.get().length + tail.get().length > V6_BYTES - 2) {
      return Optional.empty();
    }
    byte[] bytes = Arrays.copyOf(head.get(), V6_BYTES);
    System.arraycopy(tail.get(), 0, bytes, V6_BYTES - tail.get().length, tail.get().length);
    return Optional.of(bytes);
  }

  /** Groups of one to four hexadecimal digits between colons; the last may be an IPv4 address. */
  private static Optional<byte[]> groups(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length > V6_BYTES / 2) {
      return Optional.empty();
    }
    byte[] bytes = new byte[V6_BYTES + 2];
    int length = 0;
    for (int i = 0; i < parts.length; i++) {
      String part = parts[i];
      if (i == parts.length - 1 && part.indexOf('.') >= 0) {
        Optional<byte[]> tail = v4(part);
        if (tail.isEmpty()) {
          return Optional.empty();
        }
        System.arraycopy(tail.get(), 0, bytes, length, V4_BYTES);
        length += V4_BYTES;
      } else if (isGroup(part)) {
        int value = Integer.parseInt(part, 16);
        bytes[length++] = (byte) (value >> 8);
        bytes[length++] = (byte) value;
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(Arrays.copyOf(bytes, length));
  }

  private static boolean isGroup(String part) {
    return !part.isEmpty()
        && part.length() <= 4
        && part.chars()
            .allMatch(
                c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'));
  }
}
