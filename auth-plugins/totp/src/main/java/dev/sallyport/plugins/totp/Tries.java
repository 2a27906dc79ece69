package dev.sallyport.plugins.totp;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many codes may be tried: so few that guessing is hopeless, and counted for each source of a
 * user apart, so that whoever has a user's key and floods cannot keep the user out for long. For
 * all threads; nothing here waits.
 */
final class Tries {
  /** In a row, of one user from one source: somebody who mistypes. */
  private static final int BURST = 5;

  /**
   * In a row, of one user from everywhere: guessing from many sources. With one a minute afterwards
   * a day has 1,440 tries, each right with a chance of 3 in a million.
   */
  private static final int BURST_FROM_EVERYWHERE = 20;

  /** Until one more try is allowed. */
  private static final Duration REFILL = Duration.ofMinutes(1);

  /** Sources remembered of one user; a flood from more meets {@link #BURST_FROM_EVERYWHERE}. */
  private static final int MOST_SOURCES = 64;

  /** Users remembered before those are forgotten who have all their tries. */
  private static final int MANY_USERS = 1000;

  private final Map<String, OfUser> users = new HashMap<>();

  /** Takes a try; false when none is left, and then nothing is taken. */
  synchronized boolean take(String user, InetAddress source, Instant now) {
    if (users.size() > MANY_USERS) {
      users.values().removeIf(one -> one.everywhere.isFull(now));
    }
    OfUser of = users.computeIfAbsent(user, name -> new OfUser());
    Bucket here = of.sources.computeIfAbsent(key(source), name -> new Bucket(BURST));
    of.forgetOldest();
    if (!here.hasOne(now) || !of.everywhere.hasOne(now)) {
      return false;
    }
    here.take();
    of.everywhere.take();
    return true;
  }

  /** The try was right: it does not count, and what was mistyped before it neither. */
  synchronized void forgive(String user, InetAddress source) {
    OfUser of = users.get(user);
    if (of != null) {
      of.sources.remove(key(source));
      of.everywhere.giveBack();
    }
  }

  /** Whether {@link #take} would give a try. */
  synchronized boolean hasOne(String user, InetAddress source, Instant now) {
    OfUser of = users.get(user);
    if (of == null) {
      return true;
    }
    Bucket here = of.sources.get(key(source));
    return (here == null || here.hasOne(now)) && of.everywhere.hasOne(now);
  }

  /** A source is an IPv4 address or an IPv6 /64, which is one customer. */
  private static String key(InetAddress source) {
    byte[] bytes = source.getAddress();
    return source instanceof Inet6Address
        ? Arrays.toString(Arrays.copyOf(bytes, 8))
        : Arrays.toString(bytes);
  }

  private static final class OfUser {
    private final Bucket everywhere = new Bucket(BURST_FROM_EVERYWHERE);
    private final Map<String, Bucket> sources = new LinkedHashMap<>(16, 0.75f, true);

    void forgetOldest() {
      Iterator<Bucket> oldest = sources.values().iterator();
      while (sources.size() > MOST_SOURCES) {
        oldest.next();
        oldest.remove();
      }
    }
  }

  private static final class Bucket {
    private final int burst;
    private double left;
    private Instant at = Instant.EPOCH;

    Bucket(int burst) {
      this.burst = burst;
      this.left = burst;
    }

    boolean hasOne(Instant now) {
      refill(now);
      return left >= 1;
    }

    boolean isFull(Instant now) {
      refill(now);
      return left >= burst;
    }

    void take() {
      left--;
    }

    void giveBack() {
      left = Math.min(burst, left + 1);
    }

    private void refill(Instant now) {
      // A clock that was set back gives nothing, and takes nothing.
      if (now.isAfter(at)) {
        double gained = (double) Duration.between(at, now).toMillis() / REFILL.toMillis();
        left = Math.min(burst, left + gained);
      }
      at = now;
    }
  }
}
