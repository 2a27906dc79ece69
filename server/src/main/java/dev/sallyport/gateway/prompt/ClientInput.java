package dev.sallyport.gateway.prompt;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The client's input, for the prompt and for the sessions that it launches, one after the other.
 *
 * <p>A virtual thread of its own reads the client's stream, only while a reader waits for a byte,
 * and never more than one buffer ahead. So a reader can stop waiting because of a timeout or an
 * interrupt, and no byte is lost: the next reader gets it. Any thread may read.
 */
final class ClientInput extends InputStream {
  /** Bounds memory: input that no reader asks for is not taken from the client. */
  private static final int BUFFER = 1024;

  private final InputStream client;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final byte[] buffer = new byte[BUFFER];
  private int from;
  private int to;
  private boolean reading;
  private boolean ended;
  private boolean woken;
  private boolean stopped;
  private Optional<IOException> fault = Optional.empty();

  ClientInput(InputStream client) {
    this.client = client;
  }

  /** How a wait ended. */
  enum Arrival {
    /** A byte has arrived. */
    BYTE,
    /** The stream has ended. */
    END,
    /** The time limit has passed. */
    TIMEOUT,
    /** {@link #wake} was called. */
    WOKEN,
    /** {@link #stop} was called. */
    STOPPED
  }

  /**
   * Waits for a byte, or for a call of {@link #wake} or {@link #stop}.
   *
   * @throws InterruptedException when the thread is interrupted
   * @throws IOException when the client's stream fails
   */
  Arrival await(Duration limit) throws IOException, InterruptedException {
    long left = limit.toNanos();
    lock.lockInterruptibly();
    try {
      while (true) {
        if (stopped) {
          return Arrival.STOPPED;
        }
        if (woken) {
          woken = false;
          return Arrival.WOKEN;
        }
        if (from < to) {
          return Arrival.BYTE;
        }
        if (fault.isPresent()) {
          throw new IOException(fault.get());
        }
        if (ended) {
          return Arrival.END;
        }
        if (left <= 0) {
          return Arrival.TIMEOUT;
        }
        demand();
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends one wait in {@link #await}, this one or the next. Never blocks. */
  void wake() {
    lock.lock();
    try {
      woken = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Ends all waits in {@link #await}, from now on. Never blocks. */
  void stop() {
    lock.lock();
    try {
      stopped = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void demand() {
    if (!reading) {
      reading = true;
      Thread.ofVirtual().name("sallyport-prompt-input").start(this::readClient);
    }
  }

  /** While this reads, the buffer is empty and no other thread uses it. */
  private void readClient() {
    int count = 0;
    Optional<IOException> failure = Optional.empty();
    try {
      count = client.read(buffer, 0, BUFFER);
    } catch (IOException e) {
      failure = Optional.of(e);
    }
    lock.lock();
    try {
      reading = false;
      fault = failure;
      ended = count < 0;
      from = 0;
      to = Math.max(count, 0);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  /** The next byte, after {@link #await} has returned {@link Arrival#BYTE}. */
  int peek() {
    lock.lock();
    try {
      return buffer[from] & 0xff;
    } finally {
      lock.unlock();
    }
  }

  /** As {@link #peek}, and moves on to the byte after it. */
  int take() {
    lock.lock();
    try {
      return buffer[from++] & 0xff;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for at least one byte.
   *
   * @throws InterruptedIOException when the thread is interrupted; its interrupt stays set
   */
  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    try {
      lock.lockInterruptibly();
      try {
        while (from == to) {
          if (fault.isPresent()) {
            throw new IOException(fault.get());
          }
          if (ended) {
            return -1;
          }
          demand();
          changed.await();
        }
        int count = Math.min(length, to - from);
        System.arraycopy(buffer, from, bytes, offset, count);
        from += count;
        return count;
      } finally {
        lock.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the client");
    }
  }

  /** The number of bytes that can be read without waiting. */
  @Override
  public int available() {
    lock.lock();
    try {
      return to - from;
    } finally {
      lock.unlock();
    }
  }
}
