package dev.sallyport.model;

import java.util.List;
import java.util.Optional;

/** The syntax of host names. */
final class HostNames {
  /** Longest name in characters (RFC 1035, section 2.3.4: 255 octets on the wire). */
  static final int MAX_NAME = 253;

  /** Longest label in characters (RFC 1035, section 2.3.4). */
  private static final int MAX_LABEL = 63;

  private HostNames() {}

  /** Why {@code text}, without the dot of the root, is not a host name; empty if it is one. */
  static Optional<String> fault(String text) {
    if (text.isEmpty()) {
      return Optional.of("is empty");
    }
    if (text.length() > MAX_NAME) {
      return Optional.of("is longer than " + MAX_NAME + " characters");
    }
    if (text.indexOf(':') >= 0 || text.indexOf('%') >= 0) {
      return Optional.of(
          "is not an IPv6 address: write hexadecimal groups such as fd00::5, without a zone");
    }
    if (text.chars().anyMatch(c -> c > '~')) {
      return Optional.of("is not ASCII: write an international name in its xn-- form");
    }
    if (!text.chars().allMatch(c -> isLetterOrDigit(c) || c == '-' || c == '_' || c == '.')) {
      return Optional.of("has a character that no host name has");
    }
    List<String> labels = List.of(text.split("\\.", -1));
    if (labels.stream().anyMatch(label -> label.isEmpty() || label.length() > MAX_LABEL)) {
      return Optional.of("has a label that is empty or longer than " + MAX_LABEL + " characters");
    }
    if (labels.stream().anyMatch(label -> label.startsWith("-") || label.endsWith("-"))) {
      return Optional.of("has a label that begins or ends with a hyphen");
    }
    if (looksLikeNumber(labels.getLast())) {
      return Optional.of(
          "is an unusual spelling of an address: write four decimal numbers such as 10.0.2.5");
    }
    return Optional.empty();
  }

  /**
   * Whether a resolver could take the name for an address: the C library's {@code inet_aton} reads
   * decimal, octal and hexadecimal parts, from one to four of them. No top-level domain is numeric
   * (RFC 3696, section 2).
   */
  private static boolean looksLikeNumber(String lastLabel) {
    return lastLabel.chars().allMatch(c -> c >= '0' && c <= '9')
        || lastLabel.regionMatches(true, 0, "0x", 0, 2);
  }

  private static boolean isLetterOrDigit(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
