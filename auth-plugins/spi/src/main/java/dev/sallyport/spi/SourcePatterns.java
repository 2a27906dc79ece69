package dev.sallyport.spi;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a client may come from, as OpenSSH's {@code from} option and a certificate's {@code
 * source-address} say it: a list of networks, addresses, and patterns of {@code *} and {@code ?}
 * over an address as it is written (ssh_config(5), PATTERNS). An entry after {@code !} forbids,
 * whatever the others say. Host names are not looked up: whoever runs the reverse zone of a client
 * would decide.
 *
 * @param text as it was written
 */
public record SourcePatterns(String text, List<SourcePattern> patterns) {
  public SourcePatterns {
    patterns = List.copyOf(patterns);
  }

  /**
   * Reads a list that is separated by commas.
   *
   * @throws IllegalArgumentException when it is empty, an entry cannot be read, a forbidding entry
   *     is a host name, or no entry can ever allow an address; the message is a sentence without a
   *     full stop that repeats nothing of the text
   */
  public static SourcePatterns parse(String text) {
    List<SourcePattern> patterns = new ArrayList<>();
    for (String entry : text.split(",", -1)) {
      boolean forbids = entry.startsWith("!");
      SourcePattern pattern = SourcePattern.parse(forbids ? entry.substring(1) : entry);
      if (forbids && pattern instanceof SourcePattern.HostName) {
        throw new IllegalArgumentException("it forbids a host name, and names are not looked up");
      }
      patterns.add(forbids ? new SourcePattern.Not(pattern) : pattern);
    }
    if (patterns.stream()
        .noneMatch(
            one -> one instanceof SourcePattern.Network || one instanceof SourcePattern.Glob)) {
      throw new IllegalArgumentException(
          "it allows no address: host names are not looked up, and a list needs an entry that"
              + " does not forbid");
    }
    return new SourcePatterns(text, patterns);
  }

  /** Whether a client may come from there. A v4-mapped address counts as IPv4. */
  public boolean matches(InetAddress source) {
    boolean allowed = false;
    for (SourcePattern pattern : patterns) {
      if (pattern instanceof SourcePattern.Not(SourcePattern forbidden)) {
        if (forbidden.matches(source)) {
          return false;
        }
      } else {
        allowed |= pattern.matches(source);
      }
    }
    return allowed;
  }

  @Override
  public String toString() {
    return text;
  }
}
