package dev.sallyport.connection;

import java.util.HashMap;
import java.util.Map;

/** Live connections by user. Safe for all threads. */
final class UserTable {
  private final Map<String, Integer> connections = new HashMap<>();
  private int connectionsPerUser;

  UserTable(int connectionsPerUser) {
    this.connectionsPerUser = connectionsPerUser;
  }

  /** From now on; what is live goes on. */
  synchronized void apply(int limit) {
    connectionsPerUser = limit;
  }

  /**
   * Counts one more connection of the user.
   *
   * @return false when there are as many as one user may have
   */
  synchronized boolean enter(String user) {
    int live = connections.getOrDefault(user, 0);
    if (live >= connectionsPerUser) {
      return false;
    }
    connections.put(user, live + 1);
    return true;
  }

  /** A connection that entered is over. */
  synchronized void leave(String user) {
    connections.computeIfPresent(user, (_, live) -> live > 1 ? live - 1 : null);
  }
}
