package dev.sallyport.ssh;

import java.util.HashMap;
import java.util.Map;

/**
 * How fast the connections of each user, and the targets that they are logged in to, may ask for
 * new keys. One for the process; for all threads.
 */
final class KeyExchangeRates {
  /** Of one connection: a client whose keys live for few bytes still gets along. */
  private static final int BURST = 8;

  /** Two in a second then; OpenSSH's client needs at most one in a GiB. */
  private static final long INTERVAL_NANOS = 500_000_000;

  /** Of all connections of one user together. */
  private static final int USER_BURST = 32;

  /** Ten in a second then, which is 2 or 3 % of a processor. */
  private static final long USER_INTERVAL_NANOS = 100_000_000;

  /** From so many users on, those who have not asked for long are forgotten. */
  private static final int TIDY = 64;

  private final Map<String, KeyExchangeRate> users = new HashMap<>();

  /** For one connection that begins now. */
  static KeyExchangeRate ofConnection(long now) {
    return new KeyExchangeRate(BURST, INTERVAL_NANOS, now);
  }

  /** For all connections of a user. */
  synchronized KeyExchangeRate ofUser(String user, long now) {
    if (users.size() >= TIDY) {
      users.values().removeIf(rate -> rate.isRested(now));
    }
    return users.computeIfAbsent(
        user, name -> new KeyExchangeRate(USER_BURST, USER_INTERVAL_NANOS, now));
  }
}
