package dev.sallyport.model;

/**
 * The target of a client's request, as sent (RFC 4254, section 7.2). Nothing is checked yet: the
 * host may be any text and the port any number.
 *
 * @param host as sent
 * @param port as sent, an unsigned 32-bit number
 */
public record Target(String host, long port) {
  /**
   * Longest host that is not cut, in characters; names have at most 253 (RFC 1035, section 2.3.4).
   */
  private static final int SHOWN = 260;

  /** As text for a log line, a terminal or a message: escaped and bounded. */
  public String shown() {
    String text = SafeText.escape(host, SHOWN);
    return (text.indexOf(':') >= 0 ? "[" + text + "]" : text) + ":" + port;
  }
}
