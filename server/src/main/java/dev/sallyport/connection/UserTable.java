package dev.sallyport.connection;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Live connections by user. Safe for all threads. */
final class UserTable {
  private final Map<String, Integer> connections = new HashMap<>();
  private int connectionsPerUser;

  UserTable(int connectionsPerUser) {
    this.connectionsPerUser = connectionsPerUser;
  }

  /** Applies to new connections; existing ones stay. */
  synchronized void apply(int limit) {
    connectionsPerUser = limit;
  }

  /**
   * Counts one more connection of the user.
   *
   * @return false when the user has reached the limit
   */
  synchronized boolean enter(String user) {
    int live = connections.getOrDefault(user, 0);
    if (live >= connectionsPerUser) {
      return false;
    }
    connections.put(user, live + 1);
    return true;
  }

  /** Why one more connection of the user is refused now, in words; counts nothing. */
  synchronized Optional<String> refusal(String user) {
    int live = connections.getOrDefault(user, 0);
    return live < connectionsPerUser
        ? Optional.empty()
        : Optional.of(
            "the user has %d connections, as many as one may have (limits.connections-per-user)"
                .formatted(live));
  }

  /** A connection that entered is over. */
  synchronized void leave(String user) {
    connections.computeIfPresent(user, (_, live) -> live > 1 ? live - 1 : null);
  }
}
