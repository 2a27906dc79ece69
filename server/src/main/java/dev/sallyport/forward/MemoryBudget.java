package dev.sallyport.forward;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that all forwards together may promise to clients as receive windows (RFC 4254,
 * section 5.2). What is promised can be sent by a hostile client at once, so it is counted when it
 * is promised: no number of forwards with targets that do not read can use up the heap. Safe for
 * all threads.
 */
public final class MemoryBudget {
  private final long limit;
  private final AtomicLong used = new AtomicLong();

  /**
   * @param limit bytes
   */
  public MemoryBudget(long limit) {
    this.limit = limit;
  }

  /** True when the bytes are the caller's, who gives them back with {@link #release}. */
  public boolean reserve(long bytes) {
    if (used.addAndGet(bytes) <= limit) {
      return true;
    }
    used.addAndGet(-bytes);
    return false;
  }

  /**
   * As {@link #reserve}, for what a forward can do without: only while half of the budget is free.
   */
  public boolean reserveExtra(long bytes) {
    return used.get() + bytes <= limit / 2 && reserve(bytes);
  }

  public void release(long bytes) {
    used.addAndGet(-bytes);
  }

  long used() {
    return used.get();
  }
}
