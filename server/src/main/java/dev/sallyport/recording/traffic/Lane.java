package dev.sallyport.recording.traffic;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * One direction of a forward: its first bytes until the protocol is found, and afterwards only
 * counters. Safe for all threads; there is no contention until the end.
 */
final class Lane {
  /**
   * Most bytes that are kept and examined: several times the longest proposal of current programs.
   */
  static final int HEAD = 8 * 1024;

  /**
   * The number of bytes at which they are first examined, and then at each doubling, so that single
   * bytes cause few examinations.
   */
  private static final int FIRST_LOOK = 16;

  private static final byte[] NONE = {};

  private final ReentrantLock lock = new ReentrantLock();
  private final Series series = new Series();
  private final Function<Head, Finding> reader;

  private byte[] head = NONE;
  private int length;
  private int nextLook = FIRST_LOOK;
  private Finding finding = Finding.NOTHING;
  private boolean looking = true;

  /** The first bytes of a side; valid only during the call. */
  static final class Head {
    private final byte[] bytes;
    private final int length;

    Head(byte[] bytes, int length) {
      this.bytes = bytes;
      this.length = length;
    }

    byte[] bytes() {
      return bytes;
    }

    int length() {
      return length;
    }
  }

  /**
   * The result for the first bytes.
   *
   * @param isFinal whether more bytes cannot change the result
   */
  record Finding(Optional<String> protocol, Optional<Glimpse> glimpse, boolean isFinal) {
    static final Finding NOTHING = new Finding(Optional.empty(), Optional.empty(), false);
  }

  Lane(Function<Head, Finding> reader) {
    this.reader = reader;
  }

  /**
   * Counts data.
   *
   * @param age nanoseconds since the forward opened
   * @param data from its position to its limit, which do not change
   */
  void pass(long age, ByteBuffer data) {
    lock.lock();
    try {
      series.add(age, data.remaining());
      if (looking && data.hasRemaining()) {
        keep(data);
        if (length >= nextLook || length == HEAD) {
          look();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void keep(ByteBuffer data) {
    int some = Math.min(data.remaining(), HEAD - length);
    if (length + some > head.length) {
      head = Arrays.copyOf(head, Math.min(HEAD, Math.max(2 * head.length, length + some)));
    }
    data.get(data.position(), head, length, some);
    length += some;
  }

  private void look() {
    finding = reader.apply(new Head(head, length));
    nextLook = 2 * length;
    if (finding.isFinal() || length == HEAD) {
      stopLooking();
    }
  }

  private void stopLooking() {
    looking = false;
    head = NONE;
  }

  /** The result so far; examines the bytes again if necessary. */
  Finding finding() {
    lock.lock();
    try {
      if (looking && length > 0) {
        look();
      }
      return finding;
    } finally {
      lock.unlock();
    }
  }

  /** A copy, with buckets of at least that width. */
  Series series(long width) {
    lock.lock();
    try {
      return series.copy(width);
    } finally {
      lock.unlock();
    }
  }
}
