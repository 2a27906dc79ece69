package dev.sallyport.support.keys;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;

/** Writes fields in their wire encoding (RFC 4251, section 5). */
final class Wire {
  private Wire() {}

  /** Each with its length before it. */
  static byte[] strings(List<byte[]> strings) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] string : strings) {
      out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(string.length).array());
      out.writeBytes(string);
    }
    return out.toByteArray();
  }
}
