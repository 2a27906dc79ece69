package dev.sallyport.channel;

/** The sizes of windows (RFC 4254, section 5.2) and packets. */
public final class ForwardWindow {
  /** The initial window of every channel, in bytes. */
  public static final int FIRST = 64 * 1024;

  /**
   * Largest window, in bytes, of a channel inside a forward: the same as OpenSSH's, enough for 100
   * MB/s at 20 ms.
   */
  public static final int LARGEST_INSIDE = 2 * 1024 * 1024;

  /**
   * Largest window, in bytes. It is larger than the window of a channel inside the forward, with
   * the packets' headers and the adjustments that are sent together ({@link ReceiveWindow}).
   * PuTTY's plink reads nothing from its socket while its output is full. With two of them
   * connected by pipes and equal windows, the outer one had used up its window, the inner one
   * waited for it to read, and neither read the adjustment that was on its way.
   */
  public static final int LARGEST = LARGEST_INSIDE + 512 * 1024;

  /**
   * Largest payload of a packet in either direction: what OpenSSH uses, and what every client must
   * accept.
   */
  public static final int PACKET = 32 * 1024;

  private ForwardWindow() {}
}
