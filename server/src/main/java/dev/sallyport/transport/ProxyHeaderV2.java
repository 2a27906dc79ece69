package dev.sallyport.transport;

import dev.sallyport.model.IpText;
import dev.sallyport.transport.ProxyHeader.Progress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Version 2 of the PROXY protocol (section 2.2): a binary block. */
final class ProxyHeaderV2 {
  /** Bytes before the addresses. */
  private static final int FIXED = 16;

  /**
   * Longest addresses with the fields that follow, in bytes. Load balancers send some hundred
   * bytes. The protocol allows 64 KiB, which would cost memory for every connection from a load
   * balancer's address.
   */
  private static final int LONGEST_REST = 4096;

  static final int LARGEST = FIXED + LONGEST_REST;

  private static final byte[] SIGNATURE = {
    0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A
  };

  private static final int VERSION_AND_LOCAL = 0x20;
  private static final int VERSION_AND_PROXY = 0x21;
  private static final int TCP_IPV4 = 0x11;
  private static final int TCP_IPV6 = 0x21;

  /** PP2_TYPE_CRC32C. */
  private static final int CHECKSUM = 0x03;

  private static final int CHECKSUM_BYTES = 4;

  private ProxyHeaderV2() {}

  static boolean mayBe(byte[] bytes, int length) {
    return Bytes.agree(bytes, length, SIGNATURE);
  }

  static Progress read(byte[] bytes, int length) {
    if (length < SIGNATURE.length) {
      // A header of either version has at least this many bytes.
      return new Progress.More(SIGNATURE.length - length);
    }
    if (length < FIXED) {
      return new Progress.More(FIXED - length);
    }
    int command = bytes[12] & 0xff;
    if (command != VERSION_AND_LOCAL && command != VERSION_AND_PROXY) {
      return malformed("its version or command is unknown");
    }
    int rest = (bytes[14] & 0xff) << 8 | (bytes[15] & 0xff);
    if (rest > LONGEST_REST) {
      return malformed("it is longer than " + LARGEST + " bytes");
    }
    if (length < FIXED + rest) {
      return new Progress.More(FIXED + rest - length);
    }
    if (command == VERSION_AND_LOCAL) {
      // The receiver must ignore the addresses and their family.
      return new Progress.Complete(new ProxyHeader.Own());
    }
    return switch (bytes[13] & 0xff) {
      case TCP_IPV4 -> addresses(Arrays.copyOf(bytes, FIXED + rest), 4);
      case TCP_IPV6 -> addresses(Arrays.copyOf(bytes, FIXED + rest), 16);
      default -> malformed("it is not about TCP over IPv4 or IPv6");
    };
  }

  /** Reads two addresses of that size, two ports, and the further fields. */
  private static Progress addresses(byte[] header, int size) {
    int end = FIXED + 2 * size + 4;
    if (header.length < end) {
      return malformed("it is too short for its addresses");
    }
    ByteBuffer rest = ByteBuffer.wrap(header, end, header.length - end);
    while (rest.hasRemaining()) {
      if (rest.remaining() < 3) {
        return malformed("what follows its addresses is cut off");
      }
      int type = rest.get() & 0xff;
      int count = rest.getShort() & 0xffff;
      if (count > rest.remaining()) {
        return malformed("what follows its addresses is cut off");
      }
      if (type == CHECKSUM && !holds(header, rest.position(), count)) {
        return malformed("its checksum does not hold");
      }
      rest.position(rest.position() + count);
    }
    int port = ByteBuffer.wrap(header).getShort(FIXED + 2 * size) & 0xffff;
    return Bytes.relayed(
        new InetSocketAddress(
            IpText.address(Arrays.copyOfRange(header, FIXED, FIXED + size)), port));
  }

  /**
   * Verifies the checksum (section 2.2.3) over the whole header, with zeros in place of the
   * checksum.
   */
  private static boolean holds(byte[] header, int at, int count) {
    if (count != CHECKSUM_BYTES) {
      return false;
    }
    byte[] zeroed = header.clone();
    Arrays.fill(zeroed, at, at + CHECKSUM_BYTES, (byte) 0);
    CRC32C sum = new CRC32C();
    sum.update(zeroed);
    return (int) sum.getValue() == ByteBuffer.wrap(header).getInt(at);
  }

  private static Progress malformed(String reason) {
    return new Progress.Malformed(reason);
  }
}
