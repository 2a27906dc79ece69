package dev.sallyport.transport;

import java.net.InetAddress;

/** Decides whether an accepted socket may become a connection. Called by the accepting threads. */
public interface Admission {
  /** The decision. */
  sealed interface Answer {
    /** The socket becomes a connection. */
    record Admitted() implements Answer {}

    /**
     * The socket is closed at once.
     *
     * @param line sent to the client before that: printable ASCII
     */
    record TurnedAway(String line) implements Answer {}
  }

  /**
   * Decides. Never blocks.
   *
   * @param source the client's address; behind a load balancer, the one in the PROXY header
   */
  Answer admit(InetAddress source);

  /** Called when an admitted socket ended before it became a connection. Never blocks. */
  void leave(InetAddress source);

  /**
   * Called when a load balancer's connection is closed, because it has sent no valid header. Never
   * blocks.
   *
   * @param reason a text of the bastion's own
   */
  void refuseHeader(InetAddress balancer, String reason);
}
