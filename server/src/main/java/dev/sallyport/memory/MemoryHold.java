package dev.sallyport.memory;

/**
 * Reservations of one thing, such as a channel or an observer, that end together. Safe for all
 * threads; never waits.
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
   * @return false when there is none, or it is closed
   */
  public synchronized boolean add(long more) {
    if (closed || !share.reserve(more)) {
      return false;
    }
    bytes += more;
    return true;
  }

  /**
   * As {@link #add}, for what can be left out.
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
   * Reserves what is missing to so much.
   *
   * @return false when there is none, or it is closed
   */
  public synchronized boolean growTo(long size) {
    return size <= bytes || add(size - bytes);
  }

  /** Gives some back; nothing after {@link #close}. */
  public synchronized void give(long less) {
    if (!closed) {
      share.release(less);
      bytes -= less;
    }
  }

  /** Bytes that it holds. */
  public synchronized long bytes() {
    return bytes;
  }

  /** Whose it is. */
  public MemoryShare share() {
    return share;
  }

  /** Gives all of it back; calls after the first change nothing. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      share.release(bytes);
      bytes = 0;
    }
  }
}
