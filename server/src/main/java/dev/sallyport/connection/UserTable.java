package dev.sallyport.connection;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Live connections by user, and each user's pace of refusals, which outlives the connections: a
 * client that connects anew would begin with a fresh burst. Safe for all threads.
 */
final class UserTable {
  private static final class Entry {
    private final RefusalPace pace = new RefusalPace();
    private int connections;
  }

  private final Map<String, Entry> users = new HashMap<>();
  private int connectionsPerUser;

  UserTable(int connectionsPerUser) {
    this.connectionsPerUser = connectionsPerUser;
  }

  /** From now on; what is live goes on. */
  synchronized void apply(int limit) {
    connectionsPerUser = limit;
  }

  /** Counts one more connection of the user, unless there are as many as one may have. */
  synchronized Optional<RefusalPace> enter(String user) {
    users.values().removeIf(one -> one.connections == 0 && one.pace.isRested());
    Entry entry = users.computeIfAbsent(user, name -> new Entry());
    if (entry.connections >= connectionsPerUser) {
      return Optional.empty();
    }
    entry.connections++;
    return Optional.of(entry.pace);
  }

  /** A connection that entered is over. */
  synchronized void leave(String user) {
    users.computeIfPresent(
        user,
        (name, entry) -> {
          entry.connections--;
          return entry;
        });
  }
}
