package dev.sallyport.forward;

/**
 * A channel of the client's that asks for a forward, and carries it when it is granted. Methods may
 * wait for the client unless they say otherwise.
 */
public interface ForwardRequest {
  /** The client's end of the forward; always the same object. */
  ClientEnd client();

  /** Whether the channel is closing or closed. Never waits. */
  boolean isClosing();

  /** Confirms that the forward is open. */
  void confirm();

  /**
   * Refuses the forward. {@link #over} follows.
   *
   * @param code the reason code (RFC 4254, section 5.1)
   * @param text printable ASCII, one line
   */
  void refuse(int code, String text);

  /** Ends an open forward, and shows the user why if the channel can. */
  void revoke(String reason);

  /** Ends an open forward. */
  void end();

  /**
   * Ends an open forward, on another thread: closing waits for a client that does not read. Never
   * waits.
   */
  default void endSoon() {
    Thread.ofVirtual().name("end-forward").start(this::end);
  }

  /**
   * Called last, when the forward has ended.
   *
   * @param opened whether {@link #confirm} was called
   */
  void over(boolean opened);
}
