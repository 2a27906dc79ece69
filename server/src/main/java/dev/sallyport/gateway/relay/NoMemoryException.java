package dev.sallyport.gateway.relay;

import java.io.Serial;
import java.net.ProtocolException;

/** What a peer sent cannot be kept, because the user's share of the memory is used up. */
final class NoMemoryException extends ProtocolException {
  @Serial private static final long serialVersionUID = 1;

  /**
   * @param sentence for the user
   */
  NoMemoryException(String sentence) {
    super(sentence);
  }
}
