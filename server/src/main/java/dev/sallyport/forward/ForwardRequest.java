package dev.sallyport.forward;

/**
 * A channel of the client's that asks for a forward, and carries it when it is granted. Everything
 * here may wait for the client, unless it says otherwise.
 */
public interface ForwardRequest {
  /** The bytes both ways; always the same. */
  ClientEnd client();

  /** Whether the channel closes or has closed, whoever began it. Never waits. */
  boolean isClosing();

  /** Answers that the forward is open. */
  void confirm();

  /**
   * Answers that there is no forward. {@link #over} follows.
   *
   * @param code RFC 4254, section 5.1
   * @param text printable ASCII, one line
   */
  void refuse(int code, String text);

  /** Ends what is open, with the user being told why if the channel can. */
  void revoke(String reason);

  /** Ends what is open. */
  void end();

  /**
   * Nothing of the forward follows.
   *
   * @param opened whether {@link #confirm} was called
   */
  void over(boolean opened);
}
