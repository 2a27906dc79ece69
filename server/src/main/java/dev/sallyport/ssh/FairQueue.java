package dev.sallyport.ssh;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * A bounded queue in which parties take turns, whatever number of items each of them has: one item
 * of a logged-in user, one of an unauthenticated client, and so on; and in each of the two groups
 * one item of each party before a second one of any. Guarded by its owner's lock.
 */
final class FairQueue<T> {
  private final int most;
  private final int mostOfOne;
  private final SequencedMap<Party, ArrayDeque<T>> users = new LinkedHashMap<>();
  private final SequencedMap<Party, ArrayDeque<T>> unauthenticated = new LinkedHashMap<>();
  private boolean usersAreNext = true;
  private int size;

  /**
   * @param most items at most: bounds memory
   * @param mostOfOne items of one party at most: one party cannot fill the queue
   */
  FairQueue(int most, int mostOfOne) {
    this.most = most;
    this.mostOfOne = mostOfOne;
  }

  /** Adds an item; false when the party or all parties together have too many. */
  boolean add(Party party, T item) {
    ArrayDeque<T> own = group(party).get(party);
    if (size >= most || (own != null && own.size() >= mostOfOne)) {
      return false;
    }
    if (own == null) {
      own = new ArrayDeque<>();
      group(party).put(party, own);
    }
    own.add(item);
    size++;
    return true;
  }

  /** Whether an unauthenticated client is next in turn. */
  boolean isUnauthenticatedNext() {
    return !unauthenticated.isEmpty() && (!usersAreNext || users.isEmpty());
  }

  /** Takes the next item in turn. */
  Optional<T> next() {
    if (size == 0) {
      return Optional.empty();
    }
    boolean ofUser = !isUnauthenticatedNext();
    usersAreNext = !ofUser;
    return Optional.of(take(ofUser ? users : unauthenticated));
  }

  /** Takes the next item of a user, whoever is next in turn. */
  Optional<T> nextOfUsers() {
    return users.isEmpty() ? Optional.empty() : Optional.of(take(users));
  }

  private T take(SequencedMap<Party, ArrayDeque<T>> group) {
    Map.Entry<Party, ArrayDeque<T>> first = group.pollFirstEntry();
    T item = first.getValue().remove();
    if (!first.getValue().isEmpty()) {
      group.putLast(first.getKey(), first.getValue());
    }
    size--;
    return item;
  }

  /** Takes an item out before its turn; false when it is not there. */
  boolean remove(Party party, T item) {
    ArrayDeque<T> own = group(party).get(party);
    if (own == null || !own.remove(item)) {
      return false;
    }
    if (own.isEmpty()) {
      group(party).remove(party);
    }
    size--;
    return true;
  }

  int size() {
    return size;
  }

  private SequencedMap<Party, ArrayDeque<T>> group(Party party) {
    return switch (party) {
      case Party.User user -> users;
      case Party.Unauthenticated client -> unauthenticated;
    };
  }
}
