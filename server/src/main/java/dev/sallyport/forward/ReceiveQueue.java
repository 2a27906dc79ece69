package dev.sallyport.forward;

import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the client sent and the target has not taken yet: a ring of bytes, never longer than the
 * window that the client was given. The connection's reading thread puts and never waits; the
 * forward's own thread takes.
 *
 * <p>The window starts small and doubles while the target keeps up and there is memory, so that a
 * thousand idle forwards cost little and one upload over a long line is fast.
 */
final class ReceiveQueue {
  private static final byte[] EMPTY = {};

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final MemoryBudget budget;

  private byte[] ring = EMPTY;
  private int head;
  private int length;

  /** What the client may still send. */
  private int window = ForwardWindow.FIRST;

  /** The window when nothing is waiting: this much is reserved in the budget. */
  private int largest = ForwardWindow.FIRST;

  /** Taken by the target, and not yet given back to the client. */
  private int released;

  private boolean ended;

  /**
   * @param budget in which {@link ForwardWindow#FIRST} is reserved already; {@link #close} releases
   *     what is reserved then
   */
  ReceiveQueue(MemoryBudget budget) {
    this.budget = budget;
  }

  /**
   * Adds what the client sent.
   *
   * @throws ProtocolException when it is more than the window allows
   */
  void put(byte[] data, int offset, int count) throws ProtocolException {
    lock.lock();
    try {
      if (count > window) {
        throw new ProtocolException("client sent " + count + " bytes into a window of " + window);
      }
      window -= count;
      if (ended) {
        return;
      }
      makeRoom(count);
      int tail = (head + length) % ring.length;
      int untilWrap = Math.min(count, ring.length - tail);
      System.arraycopy(data, offset, ring, tail, untilWrap);
      System.arraycopy(data, offset + untilWrap, ring, 0, count - untilWrap);
      length += count;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private void makeRoom(int count) {
    if (length + count <= ring.length) {
      return;
    }
    int size = Math.max(ring.length, 4096);
    while (size < length + count) {
      size *= 2;
    }
    byte[] larger = new byte[size];
    int untilWrap = Math.min(length, ring.length - head);
    System.arraycopy(ring, head, larger, 0, untilWrap);
    System.arraycopy(ring, 0, larger, untilWrap, length - untilWrap);
    ring = larger;
    head = 0;
  }

  /**
   * Waits for bytes. The view stays valid until {@link #taken}, which must follow.
   *
   * @return some of the bytes, in order; empty at the end
   */
  ByteBuffer next() throws InterruptedException {
    lock.lock();
    try {
      while (length == 0 && !ended) {
        changed.await();
      }
      return ByteBuffer.wrap(ring, head, Math.min(length, ring.length - head));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Says that the target took the first {@code count} bytes.
   *
   * @return how much to add to the client's window now; 0 for nothing yet
   */
  int taken(int count) {
    lock.lock();
    try {
      if (ring.length == 0) {
        // Closed since next() gave the bytes.
        return 0;
      }
      head = (head + count) % ring.length;
      length -= count;
      released += count;
      if (released < largest / 2) {
        return 0;
      }
      int growth = 0;
      if (length <= largest / 4
          && largest < ForwardWindow.LARGEST
          && budget.reserveExtra(largest)) {
        growth = largest;
        largest += growth;
      }
      int adjustment = released + growth;
      window += adjustment;
      released = 0;
      return adjustment;
    } finally {
      lock.unlock();
    }
  }

  /** No more will come: {@link #next} gives what is left, then the end. */
  void end() {
    lock.lock();
    try {
      ended = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Whether {@link #end} was called and the target has taken everything. */
  boolean isDrained() {
    lock.lock();
    try {
      return ended && length == 0;
    } finally {
      lock.unlock();
    }
  }

  /** Gives the memory back, and ends. Called once. */
  void close() {
    lock.lock();
    try {
      ended = true;
      length = 0;
      ring = EMPTY;
      budget.release(largest);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }
}
