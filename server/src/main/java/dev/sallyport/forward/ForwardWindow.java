package dev.sallyport.forward;

/** What a forward promises a client that it will take (RFC 4254, section 5.2). */
public final class ForwardWindow {
  /** The window that every forward starts with, in bytes. */
  public static final int FIRST = 64 * 1024;

  /**
   * The window at most, in bytes, of a channel whose packets come inside a forward: OpenSSH's own,
   * enough for 100 MB/s at 20 ms.
   */
  public static final int LARGEST_INSIDE = 2 * 1024 * 1024;

  /**
   * The window at most, in bytes. All that a peer may send on a channel inside the forward fits
   * into it, with the packets' headers and what is given back together ({@link ReceiveWindow}).
   * PuTTY's plink reads nothing from its socket while its output is full. When two of them are
   * connected by pipes, the outer one had a full window, the inner one waited for it to read, and
   * neither read the adjustment that was on its way.
   */
  public static final int LARGEST = LARGEST_INSIDE + 512 * 1024;

  /**
   * Largest payload of one packet either way: what OpenSSH uses, and what every client must take.
   */
  public static final int PACKET = 32 * 1024;

  private ForwardWindow() {}
}
