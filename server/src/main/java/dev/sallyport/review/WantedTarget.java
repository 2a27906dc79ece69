package dev.sallyport.review;

import dev.sallyport.model.IpText;
import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A target in a search: a host or an address, alone or with its port, such as {@code web}, {@code
 * 10.0.2.15:22}, {@code fd00::5} or {@code [fd00::5]:22}. All spellings of an address are equal.
 *
 * @param host a name, in any case, or an address
 * @param port decimal digits
 */
public record WantedTarget(String host, Optional<String> port) {
  private static final Pattern BRACKETED = Pattern.compile("\\[([^\\[\\]]+)](?::([0-9]{1,5}))?");
  private static final Pattern WITH_PORT = Pattern.compile("([^:\\[\\]]+):([0-9]{1,5})");

  /** Parses a search term. Any other form is a host that matches nothing. */
  public static WantedTarget parse(String text) {
    return Stream.of(BRACKETED, WITH_PORT)
        .map(form -> form.matcher(text))
        .filter(Matcher::matches)
        .findFirst()
        .map(parts -> new WantedTarget(parts.group(1), Optional.ofNullable(parts.group(2))))
        .orElse(new WantedTarget(text, Optional.empty()));
  }

  /** Whether one of the hosts and one of the ports match. */
  boolean matches(Stream<String> hosts, Stream<String> ports) {
    return port.map(wanted -> ports.anyMatch(wanted::equals)).orElse(true)
        && hosts.anyMatch(this::isHost);
  }

  private boolean isHost(String one) {
    Optional<InetAddress> address = IpText.parse(one);
    return address.isPresent() ? address.equals(IpText.parse(host)) : one.equalsIgnoreCase(host);
  }
}
