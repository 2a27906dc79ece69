package dev.sallyport.channel;

import dev.sallyport.memory.MemoryShare;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Data of the client that the target has not taken yet: a ring buffer, never larger than the
 * client's window. The thread that reads the connection adds to it and never waits; the forward's
 * own thread takes from it.
 */
public final class ReceiveQueue {
  private static final byte[] EMPTY = {};

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ReceiveWindow window;

  private byte[] ring = EMPTY;
  private int head;
  private int length;

  private boolean ended;

  /**
   * @param memory the user's share, in which {@link ForwardWindow#FIRST} is reserved already;
   *     {@link #close} releases all
   */
  public ReceiveQueue(MemoryShare memory) {
    this.window = new ReceiveWindow(memory, "client", ForwardWindow.LARGEST);
  }

  /**
   * Adds data of the client.
   *
   * @throws ProtocolException when it is more than the window allows
   */
  public void put(byte[] data, int offset, int count) throws ProtocolException {
    lock.lock();
    try {
      window.received(count);
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
   * Waits for data. The view is valid until {@link #taken}, which must follow.
   *
   * @return the next bytes, in order; empty at the end
   */
  public ByteBuffer next() throws InterruptedException {
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
   * Reports that the target took the first {@code count} bytes.
   *
   * @return how much to add to the client's window now; 0 for nothing yet
   */
  public int taken(int count) {
    lock.lock();
    try {
      if (ring.length == 0) {
        // Closed since next() returned the bytes.
        return 0;
      }
      head = (head + count) % ring.length;
      length -= count;
      return window.taken(count);
    } finally {
      lock.unlock();
    }
  }

  /** Ends the data: {@link #next} returns the rest, then the end. */
  public void end() {
    lock.lock();
    try {
      ended = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Whether {@link #end} was called and the target has taken everything. */
  public boolean isDrained() {
    lock.lock();
    try {
      return ended && length == 0;
    } finally {
      lock.unlock();
    }
  }

  /** Releases the memory, and ends the data. Called once. */
  public void close() {
    lock.lock();
    try {
      ended = true;
      length = 0;
      ring = EMPTY;
      window.release();
      changed.signal();
    } finally {
      lock.unlock();
    }
  }
}
