package dev.sallyport.spi;

import java.net.InetAddress;

/** One entry of {@link SourcePatterns}. */
public sealed interface SourcePattern permits Cidr, SourcePattern.Glob {
  /** Whether the address is meant. */
  boolean matches(InetAddress address);

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
