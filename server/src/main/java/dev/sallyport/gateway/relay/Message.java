package dev.sallyport.gateway.relay;

/** A message from one end of a relay to the other, in the order of arrival (RFC 4254). */
@SuppressWarnings("ArrayRecordComponent") // the bytes are never compared
sealed interface Message {
  /** SSH_MSG_CHANNEL_DATA, or SSH_MSG_CHANNEL_EXTENDED_DATA of type SSH_EXTENDED_DATA_STDERR. */
  record Data(Stream stream, byte[] bytes, int count) implements Message {}

  /** SSH_MSG_CHANNEL_EOF: no more data in this direction. */
  record Eof() implements Message {}

  /**
   * SSH_MSG_CHANNEL_REQUEST.
   *
   * @param arguments everything after the flag "want reply"
   */
  record Request(String type, boolean wantReply, byte[] arguments) implements Message {}

  /** SSH_MSG_CHANNEL_SUCCESS or SSH_MSG_CHANNEL_FAILURE, to a request of ours. */
  record Reply(boolean success) implements Message {}

  /** The channel is closed; nothing follows. */
  record Closed() implements Message {}

  /** The stream that data belongs to. */
  enum Stream {
    /** The standard input or output. */
    DATA,
    /** The standard error output; from a target only. */
    ERRORS
  }
}
