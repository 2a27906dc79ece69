package dev.sallyport.recording.files;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The ATTRS structure (draft-ietf-secsh-filexfer-02, section 5) as text. */
final class SftpAttributes {
  private static final int SIZE = 0x1;
  private static final int OWNER = 0x2;
  private static final int PERMISSIONS = 0x4;
  private static final int TIMES = 0x8;
  private static final int EXTENDED = 0x8000_0000;
  private static final int KNOWN = SIZE | OWNER | PERMISSIONS | TIMES | EXTENDED;

  /** The permission bits of chmod(1). */
  private static final int MODE_BITS = 07777;

  private SftpAttributes() {}

  /** Such as {@code "size 0, mode 0644"}. */
  static String describe(PacketReader packet) throws NotUnderstoodException {
    int flags = packet.int32();
    if ((flags & ~KNOWN) != 0) {
      throw new NotUnderstoodException("attributes that SFTP version 3 does not have");
    }
    List<String> parts = new ArrayList<>();
    if ((flags & SIZE) != 0) {
      parts.add("size " + packet.offset64());
    }
    if ((flags & OWNER) != 0) {
      String user = Integer.toUnsignedString(packet.int32());
      parts.add("uid " + user + " gid " + Integer.toUnsignedString(packet.int32()));
    }
    if ((flags & PERMISSIONS) != 0) {
      parts.add("mode %04o".formatted(packet.int32() & MODE_BITS));
    }
    if ((flags & TIMES) != 0) {
      String accessed = time(packet.int32());
      parts.add("accessed " + accessed + " modified " + time(packet.int32()));
    }
    if ((flags & EXTENDED) != 0) {
      parts.add("extended attributes");
    }
    return String.join(", ", parts);
  }

  private static String time(int seconds) throws DateTimeException {
    return Instant.ofEpochSecond(Integer.toUnsignedLong(seconds)).toString();
  }
}
