package dev.sallyport.channel;

import dev.sallyport.memory.MemoryShare;
import java.net.ProtocolException;

/**
 * The receive window of a channel (RFC 4254, section 5.2). It is small at first. When some data has
 * been taken, it grows to the maximum, or doubles if there is less memory. So a thousand idle
 * channels cost little, and one transfer over a long line is fast. Guarded by its owner's lock.
 */
public final class ReceiveWindow {
  /**
   * Most bytes that one adjustment gives back to the peer. A late adjustment makes the peer wait;
   * one for each packet costs as much as the packet.
   */
  private static final int TOGETHER = 256 * 1024;

  private final MemoryShare memory;
  private final String sender;
  private final int most;

  /** Bytes that the peer may still send. */
  private int window = ForwardWindow.FIRST;

  /** The window when no data waits, which is also the reserved memory. */
  private int largest = ForwardWindow.FIRST;

  /** Bytes that were taken and not yet given back to the peer. */
  private int released;

  /**
   * Begins with the smallest window.
   *
   * @param memory the user's share, in which {@link ForwardWindow#FIRST} is reserved already;
   *     {@link #release} releases all
   * @param sender the peer, for messages: {@code client}
   * @param most the largest window, in bytes; at least {@link ForwardWindow#FIRST}
   */
  public ReceiveWindow(MemoryShare memory, String sender, int most) {
    this.memory = memory;
    this.sender = sender;
    this.most = most;
  }

  /**
   * Counts received data.
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
   * Counts received data that was taken.
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

  /** Releases the memory. Called once, and last. */
  public void release() {
    memory.release(largest);
  }
}
