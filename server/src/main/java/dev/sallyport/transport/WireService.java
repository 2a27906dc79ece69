package dev.sallyport.transport;

import org.apache.sshd.common.io.IoHandler;

/**
 * The SSH connections over wires that somebody else made: to targets, and inside forwards. Safe for
 * all threads.
 */
public final class WireService extends WireSessions {
  private final String threads;

  /**
   * @param handler the SSH library's: makes a session of each wire
   * @param threads what the reading threads are called
   */
  public WireService(IoHandler handler, String threads) {
    super(handler);
    this.threads = threads;
  }

  /**
   * Makes an SSH connection of the wire, and reads it on a virtual thread from now on.
   *
   * @throws Exception whatever the library throws for a session that it cannot make; the wire is
   *     closed then
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
