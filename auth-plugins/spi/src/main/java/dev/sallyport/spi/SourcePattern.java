package dev.sallyport.spi;

import java.net.InetAddress;
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
    /** What can stand in an address, which the JDK then never looks up as a name. */
    private static final Pattern ADDRESS =
        Pattern.compile(
            "(?:0|[1-9][0-9]{0,2})(?:\\.(?:0|[1-9][0-9]{0,2})){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    /** Whether it is meant as an address, be it a right one or not. */
    static boolean looksLikeAddress(String text) {
      return ADDRESS.matcher(text).matches();
    }

    /**
     * Reads {@code 10.0.0.0/8}, or an address alone, which is a network of one.
     *
     * @throws IllegalArgumentException when it is neither; the message is a sentence without a full
     *     stop that repeats nothing of the text
     */
    public static Network parse(String text) {
      int slash = text.indexOf('/');
      String address = slash < 0 ? text : text.substring(0, slash);
      if (!looksLikeAddress(address)) {
        throw new IllegalArgumentException("it has something before a / that is no address");
      }
      InetAddress first = address(address);
      int bits = first.getAddress().length * 8;
      int prefix = slash < 0 ? bits : prefix(text.substring(slash + 1), bits);
      for (int bit = prefix; bit < bits; bit++) {
        if ((first.getAddress()[bit / 8] & (0x80 >> (bit % 8))) != 0) {
          throw new IllegalArgumentException("it has a network with bits set after its prefix");
        }
      }
      return new Network(first, prefix);
    }

    private static InetAddress address(String text) {
      try {
        return InetAddress.ofLiteral(text);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("it has something like an address that is none", e);
      }
    }

    private static int prefix(String text, int bits) {
      if (!text.matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(text) > bits) {
        throw new IllegalArgumentException(
            "it has a network whose prefix is not a number of 0 to " + bits);
      }
      return Integer.parseInt(text);
    }

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
}
