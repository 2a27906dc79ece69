package dev.sallyport.gateway.relay;

import java.io.Serial;
import java.net.ProtocolException;

/** Data of a peer cannot be kept, because the user's share of memory is used up. */
final class NoMemoryException extends ProtocolException {
  @Serial private static final long serialVersionUID = 1;

  /**
   * @param sentence for the user
   */
  NoMemoryException(String sentence) {
    super(sentence);
  }
}
