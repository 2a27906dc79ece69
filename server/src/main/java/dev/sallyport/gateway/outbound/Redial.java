package dev.sallyport.gateway.outbound;

import java.nio.channels.SocketChannel;

/** Connects again to the address that was dialled for a login. */
@FunctionalInterface
public interface Redial {
  /**
   * Dials, and waits on the calling (virtual) thread.
   *
   * @return the socket, blocking; the caller's to close
   * @throws TargetException when nothing answers, or the rules do not allow it any more
   */
  SocketChannel dial() throws TargetException, InterruptedException;
}
