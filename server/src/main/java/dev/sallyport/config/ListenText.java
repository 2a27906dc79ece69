package dev.sallyport.config;

import dev.sallyport.model.IpText;
import dev.sallyport.model.Parsed;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Addresses to listen on: {@code 0.0.0.0:22}, {@code [::]:22}. */
final class ListenText {
  private static final Pattern SYNTAX =
      Pattern.compile("(?:\\[([^\\[\\]]*:[^\\[\\]]*)]|([^:\\[\\]]*)):(0|[1-9][0-9]{0,4})");
  private static final int MAX_PORT = 65535;

  private ListenText() {}

  /**
   * Only addresses are accepted: with a name, a name server would decide which clients can connect.
   */
  static Parsed<InetSocketAddress> parse(String text) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches() || Integer.parseInt(matcher.group(3)) > MAX_PORT) {
      return new Parsed.Malformed<>(
          "is not an address with a port: write 0.0.0.0:22 or [::]:22 (port 0 takes a free one)");
    }
    String host = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
    Optional<InetAddress> address = IpText.parse(host);
    return address.isEmpty()
        ? new Parsed.Malformed<>("has no address that can be read: write 0.0.0.0:22 or [::]:22")
        : new Parsed.Valid<>(
            new InetSocketAddress(address.get(), Integer.parseInt(matcher.group(3))));
  }

  static String print(InetSocketAddress listen) {
    String host = IpText.format(listen.getAddress());
    return (listen.getAddress() instanceof Inet6Address ? "[" + host + "]" : host)
        + ":"
        + listen.getPort();
  }
}
