package dev.sallyport.model;

/**
 * Where a client wants to go, in its own words (RFC 4254, section 7.2). Nothing is checked yet: the
 * host may be any text and the port any number.
 *
 * @param host as sent
 * @param port as sent, an unsigned 32-bit number
 */
public record Target(String host, long port) {
  /**
   * Longest host that is shown whole; names are at most 253 characters (RFC 1035, section 2.3.4).
   */
  private static final int SHOWN = 260;

  /** Fit for a log line, a terminal or a message: escaped and bounded. */
  public String shown() {
    String text = SafeText.escape(host, SHOWN);
    return (text.indexOf(':') >= 0 ? "[" + text + "]" : text) + ":" + port;
  }
}
