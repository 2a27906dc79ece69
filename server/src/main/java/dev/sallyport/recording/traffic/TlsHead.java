package dev.sallyport.recording.traffic;

import dev.sallyport.model.SafeText;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Parses the server name in a TLS ClientHello (RFC 8446, section 4.1.2; RFC 6066, section 3). */
final class TlsHead {
  /** Longest DNS name. */
  private static final int LONGEST_NAME = 253;

  private static final int SERVER_NAME = 0;

  private TlsHead() {}

  /** Whether the bytes begin with a record that contains a handshake message of this type. */
  static boolean isHandshake(Lane.Head head, int type) {
    byte[] bytes = head.bytes();
    return head.length() >= 6
        && bytes[0] == 22
        && bytes[1] == 3
        && bytes[2] <= 4
        && bytes[5] == type;
  }

  /** Whether the first record is complete. */
  static boolean isWhole(Lane.Head head) {
    return head.length() >= 5 + (ByteBuffer.wrap(head.bytes()).getShort(3) & 0xffff);
  }

  /** The server name in the first record, which may be incomplete. */
  static Optional<String> serverName(Lane.Head head) {
    try {
      ByteBuffer hello = ByteBuffer.wrap(head.bytes(), 0, head.length());
      // Record header, message header, version, random.
      hello.position(5 + 4 + 2 + 32);
      skip(hello, hello.get() & 0xff);
      skip(hello, hello.getShort() & 0xffff);
      skip(hello, hello.get() & 0xff);
      hello.getShort();
      while (true) {
        int type = hello.getShort();
        int length = hello.getShort() & 0xffff;
        if (type != SERVER_NAME) {
          skip(hello, length);
          continue;
        }
        hello.getShort();
        if (hello.get() != 0) {
          return Optional.empty();
        }
        byte[] name = new byte[Math.min(hello.getShort() & 0xffff, hello.remaining())];
        hello.get(name);
        return Optional.of(
            SafeText.escape(new String(name, StandardCharsets.ISO_8859_1), LONGEST_NAME));
      }
    } catch (BufferUnderflowException | IllegalArgumentException cut) {
      return Optional.empty();
    }
  }

  private static void skip(ByteBuffer buffer, int count) {
    buffer.position(buffer.position() + count);
  }
}
