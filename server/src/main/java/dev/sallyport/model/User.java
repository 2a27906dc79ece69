package dev.sallyport.model;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The user of an authenticated client, which has no system account.
 *
 * @param name the name that rules and the audit log use
 * @param groups from the configuration and from the plugin that accepted the key
 * @param secondFactor what the user has proven besides the key at this login
 */
public record User(String name, Set<String> groups, SecondFactor secondFactor) {
  public User {
    groups = Set.copyOf(groups);
  }

  /** A user who has proven nothing but a key. */
  public User(String name, Set<String> groups) {
    this(name, groups, new SecondFactor.None());
  }

  /** The same user, with a proven second factor. */
  public User with(SecondFactor proven) {
    return new User(name, groups, proven);
  }

  /**
   * The user with all groups, for decisions and for their explanation.
   *
   * @param own groups that a plugin gives
   * @param configured members by group
   */
  public static User of(String name, Set<String> own, Map<String, Set<String>> configured) {
    Set<String> all = new HashSet<>(own);
    configured.forEach((group, members) -> {
      if (members.contains(name)) {
        all.add(group);
      }
    });
    return new User(name, all);
  }
}
