package dev.sallyport.spi;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Addresses from text and to text, as the rest of the world writes them. Strict where the JDK and
 * the C library are lenient, and never near a resolver.
 */
public final class AddressText {
  private static final int GROUPS = 8;
  private static final int V4_BYTES = 4;
  private static final int V6_BYTES = 16;

  /** Longest text of an address: eight groups of which the last two are written as IPv4. */
  private static final int MAX_LENGTH = 45;

  private AddressText() {}

  /**
   * Reads four decimal numbers without leading zeros, or an IPv6 address as in RFC 4291, section
   * 2.2, without brackets and without a zone. A v4-mapped address is the IPv4 address it stands
   * for.
   */
  public static Optional<InetAddress> parse(String text) {
    if (text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    return (text.indexOf(':') >= 0 ? v6(text) : v4(text)).map(AddressText::address);
  }

  /**
   * {@code 10.0.2.15} or {@code fd00::15} (RFC 5952): lower case, the longest run of zeros left
   * out, never a name, never a zone.
   *
   * @param address of any kind; one that is v4-mapped is shown as the IPv4 address it stands for
   */
  public static String of(InetAddress address) {
    InetAddress plain = unmapped(address);
    return plain instanceof Inet4Address ? plain.getHostAddress() : ofGroups(plain.getAddress());
  }

  /**
   * The same address without the name or the zone it was found with, and as IPv4 if it is v4-mapped
   * (RFC 4291, section 2.5.5.2): the kernel dials both as the same.
   */
  public static InetAddress unmapped(InetAddress address) {
    return address(address.getAddress());
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

  private static String ofGroups(byte[] bytes) {
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
    }
    int gap = 0;
    int gapLength = 0;
    for (int start = 0; start < GROUPS; start++) {
      int end = start;
      while (end < GROUPS && groups[end] == 0) {
        end++;
      }
      if (end - start > gapLength) {
        gap = start;
        gapLength = end - start;
      }
    }
    // RFC 5952, section 4.2.2: a single group of zeros is written out.
    return gapLength < 2
        ? joined(groups, 0, GROUPS)
        : joined(groups, 0, gap) + "::" + joined(groups, gap + gapLength, GROUPS);
  }

  private static String joined(int[] groups, int from, int to) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) {
      text.append(i == from ? "" : ":").append(Integer.toHexString(groups[i]));
    }
    return text.toString();
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
