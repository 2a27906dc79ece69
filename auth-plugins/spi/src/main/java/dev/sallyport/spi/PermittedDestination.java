package dev.sallyport.spi;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a user may go, as OpenSSH's {@code permitopen} says it. An address means every way to reach
 * that address; a name must be asked for by name.
 *
 * @param host an address, a name, or {@link #ANY_HOST}; no other pattern and no network, as in
 *     sshd(8)
 * @param port 1 to 65535; none means any
 */
public record PermittedDestination(String host, OptionalInt port) {
  /** In {@code host}: every host. */
  public static final String ANY_HOST = "*";

  private static final int HIGHEST_PORT = 65_535;

  private static final Pattern FORM =
      Pattern.compile("(?:\\[([^\\[\\]\\s]+)]|([^\\[\\]:/\\s]+)):([0-9]{1,5}+|\\*)");

  /** Reads {@code 10.0.3.15:5432}, {@code [fd00::15]:22}, {@code db.internal:*} or {@code *:22}. */
  public static Optional<PermittedDestination> parse(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    String host = text.startsWith("[") ? parts.group(1) : parts.group(2);
    String port = parts.group(3);
    if (port.equals("*")) {
      return Optional.of(new PermittedDestination(host, OptionalInt.empty()));
    }
    int number = Integer.parseInt(port);
    return number >= 1 && number <= HIGHEST_PORT
        ? Optional.of(new PermittedDestination(host, OptionalInt.of(number)))
        : Optional.empty();
  }
}
