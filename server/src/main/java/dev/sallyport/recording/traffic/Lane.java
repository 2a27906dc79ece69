package dev.sallyport.recording.traffic;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * One direction of a forward: the first bytes until something is read from them, and after that
 * only counters. Safe for all threads; the carrying thread meets another only at the end.
 */
final class Lane {
  /**
   * The first bytes that are looked at: several times the longest proposals of today's programs. A
   * side that sends nothing we know holds no more than these.
   */
  static final int HEAD = 8 * 1024;

  /** The first look, and after it one at each doubling: a byte at a time buys few looks. */
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

  /** The first bytes of a side, not to be kept. */
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
   * What the first bytes look like.
   *
   * @param isFinal whether more bytes could not tell more
   */
  record Finding(Optional<String> protocol, Optional<Glimpse> glimpse, boolean isFinal) {
    static final Finding NOTHING = new Finding(Optional.empty(), Optional.empty(), false);
  }

  Lane(Function<Head, Finding> reader) {
    this.reader = reader;
  }

  /**
   * Bytes pass.
   *
   * @param age nanoseconds since the forward opened
   * @param data from its position to its limit; both stay as they are
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

  /** What was found; looks once more if need be. */
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

  /** A copy that nobody adds to, its buckets at least so wide. */
  Series series(long width) {
    lock.lock();
    try {
      return series.copy(width);
    } finally {
      lock.unlock();
    }
  }
}
