package dev.sallyport.transport;

import dev.sallyport.model.IpText;
import dev.sallyport.transport.ProxyHeader.Progress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/** Version 1 of the PROXY protocol (section 2.1): a line of text. */
final class ProxyHeaderV1 {
  /** Longest line, with its CRLF, in bytes. */
  static final int LARGEST = 107;

  private static final byte[] START = "PROXY ".getBytes(StandardCharsets.US_ASCII);

  /** Shortest line: {@code PROXY UNKNOWN} with its CRLF. */
  private static final int SMALLEST = 15;

  private static final Pattern PORT = Pattern.compile("0|[1-9][0-9]{0,4}");
  private static final int MAX_PORT = 65535;

  private ProxyHeaderV1() {}

  static boolean mayBe(byte[] bytes, int length) {
    return Bytes.agree(bytes, length, START);
  }

  static Progress read(byte[] bytes, int length) {
    for (int i = START.length; i < length; i++) {
      if (bytes[i] == '\n' || (bytes[i] == '\r' && i + 1 < length && bytes[i + 1] != '\n')) {
        return malformed("its line does not end with CR and LF");
      }
      if (bytes[i] == '\r' && i + 1 < length) {
        return line(new String(bytes, 0, i, StandardCharsets.ISO_8859_1));
      }
      if (bytes[i] != '\r' && (bytes[i] < ' ' || bytes[i] > '~')) {
        return malformed("its line has characters that are not allowed in a header");
      }
    }
    if (length >= LARGEST) {
      return malformed("its line is longer than " + LARGEST + " bytes");
    }
    // At least the CRLF of the line must follow, so nothing beyond it is ever read.
    int least = length > 0 && bytes[length - 1] == '\r' ? 1 : 2;
    return new Progress.More(Math.min(LARGEST - length, Math.max(SMALLEST - length, least)));
  }

  private static Progress line(String line) {
    String[] words = line.split(" ", -1);
    return switch (words[1]) {
      // The rest of the line must be ignored.
      case "UNKNOWN" -> new Progress.Complete(new ProxyHeader.Own());
      case "TCP4", "TCP6" -> addresses(words);
      default -> malformed("it is not about TCP");
    };
  }

  private static Progress addresses(String[] words) {
    if (words.length != 6) {
      return malformed("its line has not the six words of a header");
    }
    boolean ipv6 = words[1].equals("TCP6");
    Optional<InetAddress> source = address(words[2], ipv6);
    if (source.isEmpty() || address(words[3], ipv6).isEmpty()) {
      return malformed("its addresses are not of the family it names");
    }
    if (!isPort(words[4]) || !isPort(words[5])) {
      return malformed("its ports are not valid");
    }
    return Bytes.relayed(new InetSocketAddress(source.get(), Integer.parseInt(words[4])));
  }

  private static Optional<InetAddress> address(String text, boolean ipv6) {
    return text.indexOf(':') >= 0 == ipv6 ? IpText.parse(text) : Optional.empty();
  }

  private static boolean isPort(String text) {
    return PORT.matcher(text).matches() && Integer.parseInt(text) <= MAX_PORT;
  }

  private static Progress malformed(String reason) {
    return new Progress.Malformed(reason);
  }
}
