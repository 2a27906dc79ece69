package dev.sallyport.spi;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a client may come from, as OpenSSH's {@code from} option and a certificate's {@code
 * source-address} say it: a list of networks, addresses, and patterns of {@code *} and {@code ?}
 * over an address as it is written (ssh_config(5), PATTERNS). An entry after {@code !} forbids,
 * whatever the others say. Host names are not looked up: whoever runs the reverse zone of a client
 * would decide.
 *
 * @param text as it was written
 * @param allowed one of them must match; there is at least one
 * @param forbidden none of them may match
 */
public record SourcePatterns(
    String text, List<SourcePattern> allowed, List<SourcePattern> forbidden) {
  /** Longest entry: a name of a host, the longest thing that can stand there. */
  private static final int LONGEST = 255;

  /** What is meant as an address, be it a right one or not. */
  private static final Pattern ADDRESS =
      Pattern.compile("[0-9]{1,3}(?:\\.[0-9]{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  /**
   * What can stand in an address as it is written, with wildcards. Letters stand only in one that
   * has a colon: {@code *.de} is meant for names, and {@code cafe*} may be.
   */
  private static final Pattern ADDRESS_GLOB =
      Pattern.compile("(?=.*[*?])(?:[0-9.*?]+|[0-9a-fA-F.:*?]*:[0-9a-fA-F.:*?]*)");

  private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9_.*?-]+");

  public SourcePatterns {
    allowed = List.copyOf(allowed);
    forbidden = List.copyOf(forbidden);
  }

  /**
   * Reads a list that is separated by commas.
   *
   * @throws IllegalArgumentException when it is empty, an entry cannot be read, a forbidding entry
   *     is a host name, or no entry can ever allow an address; the message is a sentence without a
   *     full stop that repeats nothing of the text
   */
  public static SourcePatterns parse(String text) {
    List<SourcePattern> allowed = new ArrayList<>();
    List<SourcePattern> forbidden = new ArrayList<>();
    for (String entry : text.split(",", -1)) {
      if (entry.startsWith("!")) {
        forbidden.add(
            pattern(entry.substring(1))
                .orElseThrow(() ->
                    new IllegalArgumentException(
                        "it forbids a host name, and names are not looked up")));
      } else {
        pattern(entry).ifPresent(allowed::add);
      }
    }
    if (allowed.isEmpty()) {
      throw new IllegalArgumentException(
          "it allows no address: host names are not looked up, and a list needs an entry that"
              + " does not forbid");
    }
    return new SourcePatterns(text, allowed, forbidden);
  }

  /** Nothing for a host name, or a pattern over names: no address is meant. */
  private static Optional<SourcePattern> pattern(String entry) {
    if (entry.isEmpty() || entry.length() > LONGEST) {
      throw new IllegalArgumentException("it has an entry that is empty or too long");
    }
    if (entry.indexOf('/') >= 0 || ADDRESS.matcher(entry).matches()) {
      try {
        return Optional.of(Cidr.parse(entry));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("it has an entry that " + e.getMessage(), e);
      }
    }
    if (ADDRESS_GLOB.matcher(entry).matches()) {
      return Optional.of(new SourcePattern.Glob(entry.toLowerCase(Locale.ROOT)));
    }
    if (!HOST_NAME.matcher(entry).matches()) {
      throw new IllegalArgumentException("it has an entry that is no address and no host name");
    }
    return Optional.empty();
  }

  /** Whether a client may come from there. A v4-mapped address counts as IPv4. */
  public boolean matches(InetAddress source) {
    return forbidden.stream().noneMatch(one -> one.matches(source))
        && allowed.stream().anyMatch(one -> one.matches(source));
  }

  @Override
  public String toString() {
    return text;
  }
}
