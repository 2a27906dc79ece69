package dev.sallyport.memory;

/**
 * The reservations of one object, such as a channel or an observer, which are released together.
 * Safe for all threads; never waits.
 */
public final class MemoryHold implements AutoCloseable {
  private final MemoryShare share;
  private long bytes;
  private boolean closed;

  MemoryHold(MemoryShare share) {
    this.share = share;
  }

  /**
   * Reserves more.
   *
   * @return false when the user's share is used up, or this is closed
   */
  public synchronized boolean add(long more) {
    if (closed || !share.reserve(more)) {
      return false;
    }
    bytes += more;
    return true;
  }

  /**
   * As {@link #add}, for optional memory.
   *
   * @see MemoryShare#reserveExtra
   */
  public synchronized boolean addExtra(long more) {
    if (closed || !share.reserveExtra(more)) {
      return false;
    }
    bytes += more;
    return true;
  }

  /**
   * Reserves what is missing to {@code size}.
   *
   * @return false when the user's share is used up, or this is closed
   */
  public synchronized boolean growTo(long size) {
    return size <= bytes || add(size - bytes);
  }

  /** Releases some; has no effect after {@link #close}. */
  public synchronized void give(long less) {
    if (!closed) {
      share.release(less);
      bytes -= less;
    }
  }

  /** Reserved bytes. */
  public synchronized long bytes() {
    return bytes;
  }

  /** The user's share. */
  public MemoryShare share() {
    return share;
  }

  /** Releases all. Calls after the first have no effect. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      share.release(bytes);
      bytes = 0;
    }
  }
}
