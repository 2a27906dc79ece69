package dev.sallyport.recording.traffic;

import dev.sallyport.model.SafeText;
import dev.sallyport.recording.traffic.Lane.Finding;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Parses the unencrypted beginning of an SSH connection (RFC 4253, sections 4.2, 6 and 7.1). */
final class SshHead {
  /** Longest identification with its line end (RFC 4253, section 4.2). */
  private static final int LONGEST_VERSION = 255;

  private static final int KEXINIT = 20;
  private static final int COOKIE_BYTES = 16;
  private static final int NAME_LISTS = 10;

  private SshHead() {}

  /**
   * Parses the first bytes of a side.
   *
   * @param server whether it may send other lines before its identification
   * @return empty when it is not SSH
   */
  static Optional<Finding> read(Lane.Head head, boolean server) {
    int start = 0;
    while (start < head.length()) {
      int end = lineEnd(head, start);
      if (startsVersion(head, start)) {
        return Optional.of(version(head, start, end, server));
      }
      if (!server || end == head.length()) {
        return Optional.empty();
      }
      start = end + 1;
    }
    return Optional.empty();
  }

  private static boolean startsVersion(Lane.Head head, int at) {
    return head.length() - at >= 4
        && new String(head.bytes(), at, 4, StandardCharsets.ISO_8859_1).equals("SSH-");
  }

  private static int lineEnd(Lane.Head head, int start) {
    int end = start;
    while (end < head.length() && head.bytes()[end] != '\n') {
      end++;
    }
    return end;
  }

  private static Finding version(Lane.Head head, int start, int end, boolean server) {
    int last = end > start && head.bytes()[end - 1] == '\r' ? end - 1 : end;
    String line = new String(head.bytes(), start, last - start, StandardCharsets.ISO_8859_1);
    String version = SafeText.escape(line, LONGEST_VERSION);
    Optional<Hassh> hassh = end < head.length() ? hassh(head, end + 1, server) : Optional.empty();
    boolean tooLong = end == head.length() && end - start > LONGEST_VERSION;
    return new Finding(
        Optional.of("ssh"),
        Optional.of(new Glimpse.Ssh(version, hassh)),
        hassh.isPresent() || tooLong);
  }

  private static Optional<Hassh> hassh(Lane.Head head, int at, boolean server) {
    ByteBuffer rest = ByteBuffer.wrap(head.bytes(), at, head.length() - at);
    if (rest.remaining() < 6) {
      return Optional.empty();
    }
    int length = rest.getInt();
    int padding = rest.get() & 0xff;
    int type = rest.get();
    int payload = length - 1 - padding;
    if (type != KEXINIT || length < 0 || payload < 1 || payload - 1 > rest.remaining()) {
      return Optional.empty();
    }
    rest.limit(rest.position() + payload - 1);
    if (rest.remaining() < COOKIE_BYTES) {
      return Optional.empty();
    }
    rest.position(rest.position() + COOKIE_BYTES);
    List<String> lists = new ArrayList<>();
    for (int i = 0; i < NAME_LISTS; i++) {
      if (rest.remaining() < 4) {
        return Optional.empty();
      }
      int size = rest.getInt();
      if (size < 0 || size > rest.remaining()) {
        return Optional.empty();
      }
      byte[] names = new byte[size];
      rest.get(names);
      for (byte b : names) {
        // Names are printable ASCII (RFC 4251, section 6). With others there is no fingerprint.
        if (b <= ' ' || b > '~') {
          return Optional.empty();
        }
      }
      lists.add(new String(names, StandardCharsets.US_ASCII));
    }
    // 0 kex, 1 host key, 2-3 encryption, 4-5 MAC, 6-7 compression; the first to the server.
    int way = server ? 1 : 0;
    return Optional.of(
        Hassh.of(lists.get(0), lists.get(2 + way), lists.get(4 + way), lists.get(6 + way)));
  }
}
