package dev.sallyport.transport;

import java.net.InetAddress;

/**
 * Whether a socket that was just accepted may become a connection. Called by the accepting threads.
 */
public interface Admission {
  /** What becomes of a socket. */
  sealed interface Answer {
    /** It goes on. */
    record Admitted() implements Answer {}

    /**
     * It is closed at once.
     *
     * @param line said to the client before that: printable ASCII
     */
    record TurnedAway(String line) implements Answer {}
  }

  /**
   * Never blocks.
   *
   * @param source where the client is, as the PROXY protocol says it behind a load balancer
   */
  Answer admit(InetAddress source);

  /** What was admitted ended before there was a connection that could say so. Never blocks. */
  void leave(InetAddress source);

  /**
   * A load balancer's connection is closed, because it does not say where its client is. Never
   * blocks.
   *
   * @param reason in words of ours
   */
  void refuseHeader(InetAddress balancer, String reason);
}
