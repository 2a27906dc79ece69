package dev.sallyport.recording.traffic;

import dev.sallyport.recording.traffic.Lane.Finding;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Guesses a protocol from the first bytes of each side, which can be forged. */
final class Heads {
  private static final List<String> HTTP_METHODS =
      List.of(
          "GET ",
          "POST ",
          "HEAD ",
          "PUT ",
          "DELETE ",
          "OPTIONS ",
          "PATCH ",
          "CONNECT ",
          "TRACE ",
          "PRI * HTTP/2");

  private Heads() {}

  /** From the client's first bytes. */
  static Finding client(Lane.Head head) {
    Optional<Finding> ssh = SshHead.read(head, false);
    if (ssh.isPresent()) {
      return ssh.get();
    }
    if (TlsHead.isHandshake(head, 1)) {
      Optional<String> name = TlsHead.serverName(head);
      return new Finding(
          Optional.of("tls"),
          Optional.of(new Glimpse.Tls(name)),
          name.isPresent() || TlsHead.isWhole(head));
    }
    return guess(clientGuess(head));
  }

  /** From the target's first bytes. */
  static Finding target(Lane.Head head) {
    return SshHead.read(head, true).orElseGet(() -> guess(targetGuess(head)));
  }

  private static Finding guess(Optional<String> protocol) {
    return new Finding(protocol, Optional.empty(), protocol.isPresent());
  }

  private static Optional<String> clientGuess(Lane.Head head) {
    byte[] b = head.bytes();
    int length = head.length();
    String text = text(head);
    if (HTTP_METHODS.stream().anyMatch(text::startsWith)) {
      return Optional.of("http");
    }
    if (length >= 8 && b[0] == 0 && b[1] == 0) {
      int code = intAt(b, 4);
      // Version 3.0, SSLRequest, GSSENCRequest, CancelRequest.
      if (code == 196_608 || (code >= 80_877_102 && code <= 80_877_104)) {
        return Optional.of("postgresql");
      }
    }
    if (isRdp(head, 0xe0)) {
      return Optional.of("rdp");
    }
    if (length >= 8 && b[0] == 0x12 && b[1] == 1 && b[4] == 0 && b[5] == 0) {
      return Optional.of("mssql");
    }
    if (length >= 8 && b[0] == 0 && text.startsWith("SMB", 5)) {
      return Optional.of("smb");
    }
    if (length >= 16
        && b[3] == 0
        && littleEndianAt(b, 12) >= 2001
        && littleEndianAt(b, 12) <= 2013) {
      return Optional.of("mongodb");
    }
    if (text.matches("(?s)\\*[0-9]{1,4}\r\n\\$[0-9]{1,4}\r\n.*")) {
      return Optional.of("redis");
    }
    if (text.startsWith("AMQP")) {
      return Optional.of("amqp");
    }
    if (text.startsWith("RFB 00")) {
      return Optional.of("vnc");
    }
    if (length >= 7
        && b[0] == 0x30
        && text.indexOf("\u0002\u0001") >= 2
        && text.indexOf("\u0002\u0001") <= 6) {
      return Optional.of("ldap");
    }
    return Optional.empty();
  }

  private static Optional<String> targetGuess(Lane.Head head) {
    byte[] b = head.bytes();
    int length = head.length();
    String text = text(head);
    if (TlsHead.isHandshake(head, 2)) {
      return Optional.of("tls");
    }
    if (text.startsWith("HTTP/1.")) {
      return Optional.of("http");
    }
    // Packet 0 with protocol version 10, then the server's version.
    if (length >= 7 && b[2] == 0 && b[3] == 0 && b[4] == 10 && b[5] >= '0' && b[5] <= '9') {
      return Optional.of("mysql");
    }
    if (isRdp(head, 0xd0)) {
      return Optional.of("rdp");
    }
    if (text.startsWith("RFB 00")) {
      return Optional.of("vnc");
    }
    if (text.startsWith("220") && text.contains("SMTP")) {
      return Optional.of("smtp");
    }
    if (text.startsWith("220") && text.contains("FTP")) {
      return Optional.of("ftp");
    }
    return Optional.empty();
  }

  /**
   * Whether this is TPKT with an X.224 connection request or confirmation (MS-RDPBCGR, section
   * 2.2.1).
   */
  private static boolean isRdp(Lane.Head head, int type) {
    byte[] b = head.bytes();
    return head.length() >= 7 && b[0] == 3 && b[1] == 0 && (b[5] & 0xff) == type;
  }

  private static String text(Lane.Head head) {
    return new String(head.bytes(), 0, Math.min(head.length(), 256), StandardCharsets.ISO_8859_1);
  }

  private static int intAt(byte[] b, int at) {
    return ByteBuffer.wrap(b).getInt(at);
  }

  private static int littleEndianAt(byte[] b, int at) {
    return Integer.reverseBytes(intAt(b, at));
  }
}
