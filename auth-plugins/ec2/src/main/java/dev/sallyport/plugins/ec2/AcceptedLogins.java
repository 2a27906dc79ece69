package dev.sallyport.plugins.ec2;

import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Verdict;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The keys of EC2 Instance Connect that were accepted: they are gone from the service after a
 * minute, but the connections that began with them go on. Only a key that AWS signed gets here, so
 * strangers cannot fill it. Safe for all threads.
 */
final class AcceptedLogins {
  /** Most keys; beyond it, connections on the one not asked about for longest end. */
  private static final int MOST = 10_000;

  private record Login(String user, OfferedKey key) {}

  private final Map<Login, Verdict.Accepted> accepted =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Login, Verdict.Accepted> eldest) {
          return size() > MOST;
        }
      };

  synchronized void add(String user, OfferedKey key, Verdict.Accepted verdict) {
    accepted.put(new Login(user, key), verdict);
  }

  /** What was said of the key for the user, if it was accepted since the process began. */
  synchronized Optional<Verdict> of(String user, OfferedKey key) {
    return Optional.ofNullable(accepted.get(new Login(user, key)));
  }
}
