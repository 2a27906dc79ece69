package dev.sallyport.spi;

import java.net.Inet4Address;
import java.net.InetAddress;

/** Addresses as the rest of the world writes them (RFC 5952), which Java does not. */
public final class AddressText {
  private static final int GROUPS = 8;

  private AddressText() {}

  /**
   * {@code 10.0.2.15} or {@code fd00::15}: lower case, the longest run of zeros left out, never a
   * name, never a zone.
   */
  public static String of(InetAddress address) {
    return address instanceof Inet4Address
        ? address.getHostAddress()
        : ofGroups(address.getAddress());
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
}
