package dev.sallyport.memory;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The memory that clients and targets together can make the process keep, and each user's share of
 * it. Everything that a peer can make the process keep is reserved here before it is kept: what a
 * receive window promises (RFC 4254, section 5.2) can be sent at once by a hostile client whose
 * target does not read, so it counts from the promise on. What a target sends counts for the user
 * whose session it is.
 *
 * <p>A user may hold at most a quarter of what is free, where their own counts as free: alone a
 * quarter of all, beside another at the limit a quarter of the rest. So any number of users at
 * their limit leave something. Whoever holds more than {@link #minimum} also leaves {@link #kept}
 * free for those who hold less: however much others hold, a user who holds nothing can log in and
 * open a session or a forward.
 *
 * <p>Safe for all threads; never waits.
 */
public final class MemoryAccount {
  /** A user may hold one part in so many of what is free. */
  private static final int SHARE = 4;

  /** The part of all that only users below the minimum may take. */
  private static final int KEPT = 8;

  /** The part of all that a user gets while any is free. */
  private static final int MINIMUM = 128;

  /** Between two reports of one user: a user can go up and down as often as they like. */
  private static final Duration BETWEEN_REPORTS = Duration.ofMinutes(1);

  private final long total;
  private final SharesUsedUp reports;
  private final LongSupplier nanoTime;
  private final Map<String, Holder> holders = new HashMap<>();
  private long used;

  /** What one user holds. Guarded by the account. */
  private static final class Holder {
    private long held;

    /** What was held at the last report, until the user holds at most half of it. */
    private Optional<Long> reported = Optional.empty();

    private Optional<Long> reportedAt = Optional.empty();
  }

  /**
   * With nothing reserved.
   *
   * @param total bytes
   * @param reports hears of users who are refused
   */
  public MemoryAccount(long total, SharesUsedUp reports) {
    this(total, reports, System::nanoTime);
  }

  MemoryAccount(long total, SharesUsedUp reports, LongSupplier nanoTime) {
    this.total = total;
    this.reports = reports;
    this.nanoTime = nanoTime;
  }

  /** The share of a user, for whom everything is reserved that they or their targets may cause. */
  public MemoryShare share(String user) {
    return new MemoryShare(this, user);
  }

  /** Bytes that there are. */
  public long total() {
    return total;
  }

  /** Bytes that are reserved. */
  public synchronized long used() {
    return used;
  }

  /** Bytes that a user gets as long as any are free, whatever others hold. */
  long minimum() {
    return total / MINIMUM;
  }

  /** Bytes that are left to users who hold less than the minimum. */
  long kept() {
    return total / KEPT;
  }

  boolean reserve(String user, long bytes) {
    SharesUsedUp.Shortage shortage;
    synchronized (this) {
      Holder holder = holders.computeIfAbsent(user, _ -> new Holder());
      if (grants(holder.held, bytes)) {
        take(holder, bytes);
        return true;
      }
      if (!isDue(holder)) {
        return false;
      }
      holder.reported = Optional.of(holder.held);
      holder.reportedAt = Optional.of(nanoTime.getAsLong());
      shortage = new SharesUsedUp.Shortage(user, holder.held, share(holder.held), used, total);
    }
    // Callers hold locks of their own, and a report goes to a log that may make its writers wait.
    Thread.ofVirtual().name("memory-used-up").start(() -> reports.refused(shortage));
    return false;
  }

  /** As {@link #reserve}, for what the user can do without. */
  synchronized boolean reserveExtra(String user, long bytes) {
    Holder holder = holders.computeIfAbsent(user, _ -> new Holder());
    boolean granted =
        used + bytes <= total / 2 && holder.held + bytes <= quarterOfFree(holder.held) / 2;
    if (granted) {
      take(holder, bytes);
    }
    return granted;
  }

  private void take(Holder holder, long bytes) {
    holder.held += bytes;
    used += bytes;
  }

  private boolean grants(long held, long bytes) {
    return used + bytes <= total && held + bytes <= share(held);
  }

  /** What a user may hold who holds so much now. */
  private long share(long held) {
    return Math.max(minimum(), quarterOfFree(held));
  }

  private long quarterOfFree(long held) {
    return Math.max(0, total - kept() - used + held) / SHARE;
  }

  private boolean isDue(Holder holder) {
    return holder.reported.isEmpty()
        && (holder.reportedAt.isEmpty()
            || nanoTime.getAsLong() - holder.reportedAt.get() >= BETWEEN_REPORTS.toNanos());
  }

  synchronized void release(String user, long bytes) {
    if (bytes == 0) {
      return;
    }
    Holder holder = holders.get(user);
    if (holder == null || holder.held < bytes) {
      throw new IllegalStateException("released more memory than was reserved");
    }
    holder.held -= bytes;
    used -= bytes;
    if (holder.reported.isPresent() && holder.held <= holder.reported.get() / 2) {
      holder.reported = Optional.empty();
    }
    // Who was reported is kept: only users who have logged in are, so there are few.
    if (holder.held == 0 && holder.reportedAt.isEmpty()) {
      holders.remove(user);
    }
  }

  synchronized long held(String user) {
    Holder holder = holders.get(user);
    return holder == null ? 0 : holder.held;
  }

  synchronized long shareOf(String user) {
    return share(held(user));
  }
}
