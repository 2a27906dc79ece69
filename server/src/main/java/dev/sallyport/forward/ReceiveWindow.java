package dev.sallyport.forward;

import dev.sallyport.memory.MemoryShare;
import java.net.ProtocolException;

/**
 * What a peer may send on a channel (RFC 4254, section 5.2). It is small at first. When a part of
 * it is taken, it grows to the largest if there is memory, and doubles if there is less. So a
 * thousand idle channels cost little, and one transfer over a long line is fast. Guarded by its
 * owner's lock.
 */
public final class ReceiveWindow {
  /**
   * Bytes that are given back to the peer together at most. An adjustment that comes late makes a
   * peer wait that has no other; one for each packet costs as much as the packet.
   */
  private static final int TOGETHER = 256 * 1024;

  private final MemoryShare memory;
  private final String sender;
  private final int most;

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
   * @param most the largest window, in bytes; at least {@link ForwardWindow#FIRST}
   */
  public ReceiveWindow(MemoryShare memory, String sender, int most) {
    this.memory = memory;
    this.sender = sender;
    this.most = most;
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
   * @return how much to add to the peer's window now; 0 for nothing yet
   */
  public int taken(int count) {
    released += count;
    if (released < Math.min(largest / 4, TOGETHER)) {
      return 0;
    }
    int growth = growth();
    largest += growth;
    int adjustment = released + growth;
    window += adjustment;
    released = 0;
    return adjustment;
  }

  /** Reserves memory for a larger window, and returns by how much it is larger. */
  private int growth() {
    int toMost = most - largest;
    if (toMost > 0 && memory.reserveExtra(toMost)) {
      return toMost;
    }
    int doubled = Math.min(largest, toMost);
    return doubled > 0 && memory.reserveExtra(doubled) ? doubled : 0;
  }

  /** Gives the memory back; called once, and nothing after it. */
  public void release() {
    memory.release(largest);
  }
}
