package dev.sallyport.forward;

import dev.sallyport.memory.MemoryShare;
import java.net.ProtocolException;

/**
 * What a peer may send on a channel (RFC 4254, section 5.2): small at first, and doubled while what
 * it sends is taken and there is memory, so that a thousand idle channels cost little and one
 * transfer over a long line is fast. Guarded by its owner's lock.
 */
public final class ReceiveWindow {
  private final MemoryShare memory;
  private final String sender;

  /** What the peer may still send. */
  private int window = ForwardWindow.FIRST;

  /** The window when nothing is waiting: this much is reserved. */
  private int largest = ForwardWindow.FIRST;

  /** Taken, and not yet given back to the peer. */
  private int released;

  /**
   * Begins with the smallest window.
   *
   * @param memory in which {@link ForwardWindow#FIRST} is reserved already; {@link #release} gives
   *     back what is reserved then
   * @param sender who sends, for messages: {@code client}
   */
  public ReceiveWindow(MemoryShare memory, String sender) {
    this.memory = memory;
    this.sender = sender;
  }

  /**
   * The peer sent so much.
   *
   * @throws ProtocolException when it is more than the window allows
   */
  public void received(int count) throws ProtocolException {
    if (count > window) {
      throw new ProtocolException(sender + " sent " + count + " bytes into a window of " + window);
    }
    window -= count;
  }

  /**
   * So much of what was received is gone.
   *
   * @param waiting how much is not
   * @return how much to add to the peer's window now; 0 for nothing yet
   */
  public int taken(int count, int waiting) {
    released += count;
    if (released < largest / 2) {
      return 0;
    }
    int growth = 0;
    if (waiting <= largest / 4 && largest < ForwardWindow.LARGEST && memory.reserveExtra(largest)) {
      growth = largest;
      largest += growth;
    }
    int adjustment = released + growth;
    window += adjustment;
    released = 0;
    return adjustment;
  }

  /** Gives the memory back; called once, and nothing after it. */
  public void release() {
    memory.release(largest);
  }
}
