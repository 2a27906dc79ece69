package dev.sallyport.ssh;

import java.util.HashMap;
import java.util.Map;

/**
 * Rate limits for rekeying by each user's connections, and by the targets of these. One for the
 * process; for all threads.
 */
final class KeyExchangeRates {
  /** Burst of one connection, enough for a client that rekeys after few bytes. */
  private static final int BURST = 8;

  /** Afterwards two a second. OpenSSH's client needs at most one for each GiB. */
  private static final long INTERVAL_NANOS = 500_000_000;

  /** Burst of all connections of one user together. */
  private static final int USER_BURST = 32;

  /** Afterwards ten a second, which is 2 or 3 % of a processor. */
  private static final long USER_INTERVAL_NANOS = 100_000_000;

  /** The number of users from which on unused limits are dropped. */
  private static final int TIDY = 64;

  private final Map<String, KeyExchangeRate> users = new HashMap<>();

  /** The limit for a new connection. */
  static KeyExchangeRate ofConnection(long now) {
    return new KeyExchangeRate(BURST, INTERVAL_NANOS, now);
  }

  /** The limit for all connections of a user. */
  synchronized KeyExchangeRate ofUser(String user, long now) {
    if (users.size() >= TIDY) {
      users.values().removeIf(rate -> rate.isRested(now));
    }
    return users.computeIfAbsent(
        user, name -> new KeyExchangeRate(USER_BURST, USER_INTERVAL_NANOS, now));
  }
}
