package dev.sallyport.model;

import java.util.HashMap;
import java.util.Map;

/**
 * Counts a resource of which there is a fixed number, and what each user holds of it. A user may
 * hold at most a quarter of what is free, where the user's own count as free. So no number of users
 * can take all of them, and the next user always gets some. Safe for all threads; never waits.
 */
public final class FairShares {
  /** A user may hold one part in this many of what is free. */
  public static final int PARTS = 4;

  private final int total;
  private final Map<String, Integer> held = new HashMap<>();
  private int used;

  /**
   * With none taken.
   *
   * @param total at least 0
   */
  public FairShares(int total) {
    this.total = total;
  }

  /**
   * Takes some for a user, all of them or none.
   *
   * @return whether they were within the user's share, and must be {@link #give given back}
   */
  public synchronized boolean take(String user, int count) {
    int own = held(user);
    if (own + count > share(user)) {
      return false;
    }
    used += count;
    held.put(user, own + count);
    return true;
  }

  /** Gives back what the user took. */
  public synchronized void give(String user, int count) {
    used -= count;
    held.computeIfPresent(user, (name, own) -> own == count ? null : own - count);
  }

  /** How many the user holds. */
  public synchronized int held(String user) {
    return held.getOrDefault(user, 0);
  }

  /** How many the user may hold at the moment. */
  public synchronized int share(String user) {
    return (total - used + held(user)) / PARTS;
  }

  /** How many all users hold together. */
  public synchronized int used() {
    return used;
  }
}
