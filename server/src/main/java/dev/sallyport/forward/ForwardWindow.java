package dev.sallyport.forward;

/** What a forward promises a client that it will take (RFC 4254, section 5.2). */
public final class ForwardWindow {
  /** The window that every forward starts with, in bytes. */
  public static final int FIRST = 64 * 1024;

  /** The window at most, in bytes: OpenSSH's own, enough for 100 MB/s at 20 ms. */
  public static final int LARGEST = 2 * 1024 * 1024;

  /**
   * The window at most, in bytes, of a channel whose packets the client sends inside an inspected
   * forward. It is smaller than the forward's own, so that all that the client may send on the
   * channel fits into the forward. PuTTY's plink reads nothing from its socket while its output is
   * full. When two of them are connected by pipes, the outer one had a full window, the inner one
   * waited for it to read, and neither read the adjustment that was on its way.
   */
  public static final int LARGEST_INSIDE = LARGEST - 512 * 1024;

  /**
   * Largest payload of one packet either way: what OpenSSH uses, and what every client must take.
   */
  public static final int PACKET = 32 * 1024;

  private ForwardWindow() {}
}
