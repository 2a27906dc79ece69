package dev.sallyport.channel;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * The peer's window: how much may be sent to it (RFC 4254, section 5.2). The thread that reads the
 * connection expands it; a sender waits for room.
 */
public final class SendWindow {
  private static final long LARGEST = 0xFFFF_FFFFL;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long room;
  private boolean closed;

  public void expand(long bytes) {
    lock.lock();
    try {
      room = Math.min(LARGEST, room + bytes);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until there is room.
   *
   * @return 1 to {@code most} bytes; 0 when the window is closed
   */
  public int await(int most) throws InterruptedException {
    return await(most, () -> false);
  }

  /**
   * As {@link #await(int)}, for callers that may give up while they wait.
   *
   * @param givenUp if it returns true the result is 0, even if there is room; evaluated after each
   *     {@link #wake}; must not wait
   */
  public int await(int most, BooleanSupplier givenUp) throws InterruptedException {
    lock.lock();
    try {
      while (room == 0 && !closed && !givenUp.getAsBoolean()) {
        changed.await();
      }
      return closed || givenUp.getAsBoolean() ? 0 : (int) Math.min(most, room);
    } finally {
      lock.unlock();
    }
  }

  /** Wakes a sender that waits, so that it checks whether to give up. */
  public void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Subtracts bytes that are sent. */
  public void consume(int bytes) {
    lock.lock();
    try {
      room -= bytes;
    } finally {
      lock.unlock();
    }
  }

  /** Nothing may be sent any more. */
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  public boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }
}
