package dev.sallyport.gateway.outbound;

/** Patterns of {@code *} and {@code ?} (ssh_config(5), "PATTERNS"). */
final class Wildcard {
  private Wildcard() {}

  static boolean matches(String pattern, String text) {
    // Which prefixes of the text the pattern's prefix matches. The time is bounded by the product
    // of the lengths, also for a hostile pattern in a certificate.
    boolean[] matched = new boolean[text.length() + 1];
    matched[0] = true;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      boolean[] next = new boolean[matched.length];
      for (int end = 0; end < matched.length; end++) {
        next[end] =
            switch (c) {
              case '*' -> matched[end] || (end > 0 && next[end - 1]);
              case '?' -> end > 0 && matched[end - 1];
              default -> end > 0 && matched[end - 1] && text.charAt(end - 1) == c;
            };
      }
      matched = next;
    }
    return matched[text.length()];
  }
}
