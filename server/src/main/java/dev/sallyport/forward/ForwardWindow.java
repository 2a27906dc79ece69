package dev.sallyport.forward;

/** What a forward promises a client that it will take (RFC 4254, section 5.2). */
public final class ForwardWindow {
  /** The window that every forward starts with, in bytes. */
  public static final int FIRST = 64 * 1024;

  /** The window at most, in bytes: OpenSSH's own, enough for 100 MB/s at 20 ms. */
  public static final int LARGEST = 2 * 1024 * 1024;

  /**
   * Largest payload of one packet either way: what OpenSSH uses, and what every client must take.
   */
  public static final int PACKET = 32 * 1024;

  private ForwardWindow() {}
}
