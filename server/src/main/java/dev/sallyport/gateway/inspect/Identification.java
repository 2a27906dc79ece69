package dev.sallyport.gateway.inspect;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.sshd.common.util.buffer.Buffer;

/** The identification string of an SSH client (RFC 4253, sections 4.2 and 5.1). */
final class Identification {
  private static final List<byte[]> PREFIXES =
      List.of(
          "SSH-2.0-".getBytes(StandardCharsets.US_ASCII),
          "SSH-1.99-".getBytes(StandardCharsets.US_ASCII));

  private Identification() {}

  /** Whether the bytes so far may be the beginning of an identification. Does not consume them. */
  static boolean mayBegin(Buffer bytes) {
    return PREFIXES.stream().anyMatch(prefix -> agrees(prefix, bytes));
  }

  private static boolean agrees(byte[] prefix, Buffer bytes) {
    int count = Math.min(prefix.length, bytes.available());
    for (int i = 0; i < count; i++) {
      if (bytes.rawByte(bytes.rpos() + i) != prefix[i]) {
        return false;
      }
    }
    return true;
  }
}
