package dev.sallyport.spi;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;

/** One entry of {@link SourcePatterns}. */
public sealed interface SourcePattern {
  /** Whether the address is meant. */
  boolean matches(InetAddress address);

  /**
   * Every address of a network.
   *
   * @param first its first address
   * @param prefix how many leading bits all share
   */
  record Network(InetAddress first, int prefix) implements SourcePattern {
    @Override
    public boolean matches(InetAddress address) {
      byte[] wanted = first.getAddress();
      byte[] given = address.getAddress();
      if (wanted.length != given.length) {
        return false;
      }
      for (int bit = 0; bit < prefix; bit++) {
        int mask = 0x80 >> (bit % 8);
        if (((wanted[bit / 8] ^ given[bit / 8]) & mask) != 0) {
          return false;
        }
      }
      return true;
    }
  }

  /**
   * A pattern over an address as {@link AddressText} writes it.
   *
   * @param pattern in lower case; {@code *} is anything, {@code ?} is one character
   */
  record Glob(String pattern) implements SourcePattern {
    @Override
    public boolean matches(InetAddress address) {
      return matches(AddressText.of(address));
    }

    /** In time of at most both lengths multiplied: a list of stars cannot make it slow. */
    private boolean matches(String text) {
      int at = 0;
      int p = 0;
      int star = -1;
      int resume = 0;
      while (at < text.length()) {
        if (p < pattern.length() && pattern.charAt(p) == '*') {
          star = p++;
          resume = at;
        } else if (p < pattern.length()
            && (pattern.charAt(p) == '?' || pattern.charAt(p) == text.charAt(at))) {
          p++;
          at++;
        } else if (star >= 0) {
          p = star + 1;
          at = ++resume;
        } else {
          return false;
        }
      }
      while (p < pattern.length() && pattern.charAt(p) == '*') {
        p++;
      }
      return p == pattern.length();
    }
  }

  /** A host name, or a pattern over names: no address is meant, because none is looked up. */
  record HostName(String name) implements SourcePattern {
    @Override
    public boolean matches(InetAddress address) {
      return false;
    }
  }

  /** Forbids what another entry means. */
  record Not(SourcePattern pattern) implements SourcePattern {
    @Override
    public boolean matches(InetAddress address) {
      return !pattern.matches(address);
    }
  }

  /** What can stand in an address as it is written, with wildcards. */
  Pattern ADDRESS_GLOB = Pattern.compile("[0-9a-fA-F.:*?]*[*?][0-9a-fA-F.:*?]*");

  /** What can stand in an address, which the JDK then never looks up as a name. */
  Pattern ADDRESS =
      Pattern.compile(
          "(?:0|[1-9][0-9]{0,2})(?:\\.(?:0|[1-9][0-9]{0,2})){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  /** Longest entry: a name of a host, the longest thing that can stand there. */
  int LONGEST = 255;

  /**
   * Reads one entry without {@code !}.
   *
   * @throws IllegalArgumentException see {@link SourcePatterns#parse}
   */
  static SourcePattern parse(String entry) {
    if (entry.isEmpty() || entry.length() > LONGEST) {
      throw new IllegalArgumentException("it has an entry that is empty or too long");
    }
    int slash = entry.indexOf('/');
    String address = slash < 0 ? entry : entry.substring(0, slash);
    if (ADDRESS.matcher(address).matches()) {
      return network(address, slash < 0 ? "" : entry.substring(slash + 1), slash >= 0);
    }
    if (slash >= 0) {
      throw new IllegalArgumentException("it has something before a / that is no address");
    }
    if (ADDRESS_GLOB.matcher(entry).matches()) {
      return new Glob(entry.toLowerCase(Locale.ROOT));
    }
    if (!entry.matches("[A-Za-z0-9_.*?-]+")) {
      throw new IllegalArgumentException("it has an entry that is no address and no host name");
    }
    return new HostName(entry);
  }

  private static Network network(String text, String prefixText, boolean prefixed) {
    InetAddress first;
    try {
      first = InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("it has something like an address that is none", e);
    }
    int bits = first.getAddress().length * 8;
    int prefix = bits;
    if (prefixed) {
      if (!prefixText.matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(prefixText) > bits) {
        throw new IllegalArgumentException(
            "it has a network whose prefix is not a number of 0 to " + bits);
      }
      prefix = Integer.parseInt(prefixText);
    }
    byte[] bytes = first.getAddress();
    for (int bit = prefix; bit < bits; bit++) {
      if ((bytes[bit / 8] & (0x80 >> (bit % 8))) != 0) {
        throw new IllegalArgumentException("it has a network with bits set after its prefix");
      }
    }
    try {
      return new Network(InetAddress.getByAddress(bytes), prefix);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException("an address has 4 or 16 bytes", impossible);
    }
  }
}
