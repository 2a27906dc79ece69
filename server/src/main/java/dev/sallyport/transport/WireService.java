package dev.sallyport.transport;

import org.apache.sshd.common.io.IoHandler;

/**
 * SSH connections over wires that the caller made: to targets, and inside forwards. Safe for all
 * threads.
 */
public final class WireService extends WireSessions {
  private final String threads;

  /**
   * @param handler the SSH library's, which makes a session of each wire
   * @param threads prefix of the reading threads' names
   */
  public WireService(IoHandler handler, String threads) {
    super(handler);
    this.threads = threads;
  }

  /**
   * Makes an SSH connection of the wire, and reads it on a virtual thread from now on.
   *
   * @throws Exception thrown by the library when it cannot make a session; then the wire is closed
   */
  public WireSession open(Wire wire) throws Exception {
    WireSession session = add(wire);
    if (isClosing()) {
      session.close(true);
    }
    session.start(Thread.ofVirtual().name(threads + "-" + session.getId()).factory());
    return session;
  }
}
