package dev.sallyport.memory;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The memory that clients and targets together can make the process keep, and each user's share of
 * it. Everything that a peer can make the process keep is reserved here first. A receive window
 * (RFC 4254, section 5.2) counts from the moment it is granted, because a hostile client whose
 * target does not read can fill it at once. Data of a target counts for the user whose session it
 * is.
 *
 * <p>A user may hold at most a quarter of what is free, where the user's own memory counts as free:
 * a quarter of all when alone, a quarter of the rest beside another user at the limit. So any
 * number of users at their limits leave some. A user who holds more than {@link #minimum} must also
 * leave {@link #kept} free for those who hold less. So a user who holds nothing can always log in
 * and open a session or a forward.
 *
 * <p>Safe for all threads; never waits.
 */
public final class MemoryAccount {
  /** A user may hold one part in this many of what is free. */
  private static final int SHARE = 4;

  /** One part in this many of all is for users below the minimum only. */
  private static final int KEPT = 8;

  /** One part in this many of all is what a user gets while any is free. */
  private static final int MINIMUM = 128;

  /** Shortest time between two reports of one user, who could otherwise cause any number. */
  private static final Duration BETWEEN_REPORTS = Duration.ofMinutes(1);

  private final long total;
  private final SharesUsedUp reports;
  private final LongSupplier nanoTime;
  private final Map<String, Holder> holders = new HashMap<>();
  private long used;

  /** The memory of one user. Guarded by the account. */
  private static final class Holder {
    private long held;

    /** What the user held at the last report, until the user holds at most half of it. */
    private Optional<Long> reported = Optional.empty();

    private Optional<Long> reportedAt = Optional.empty();
  }

  /**
   * With nothing reserved.
   *
   * @param total bytes
   * @param reports called when a user is refused
   */
  public MemoryAccount(long total, SharesUsedUp reports) {
    this(total, reports, System::nanoTime);
  }

  MemoryAccount(long total, SharesUsedUp reports, LongSupplier nanoTime) {
    this.total = total;
    this.reports = reports;
    this.nanoTime = nanoTime;
  }

  /**
   * The share of a user, in which everything is reserved that the user or the user's targets may
   * cause.
   */
  public MemoryShare share(String user) {
    return new MemoryShare(this, user);
  }

  /** Bytes of the account. */
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

  /** Bytes that are kept for users who hold less than the minimum. */
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
    // Callers hold locks of their own, and writing to the log may wait.
    Thread.ofVirtual().name("memory-used-up").start(() -> reports.refused(shortage));
    return false;
  }

  /** As {@link #reserve}, for optional memory. */
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

  /** What a user may hold who holds {@code held} now. */
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
    // Reported users are kept. There are few, because they have logged in.
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
