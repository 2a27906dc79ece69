package dev.sallyport.model;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Who an authenticated client is. There is no system account behind it.
 *
 * @param name the name that rules and the audit log use
 * @param groups from the configuration and from the plugin that knew the key
 * @param secondFactor what they proved besides the key at this login
 */
public record User(String name, Set<String> groups, SecondFactor secondFactor) {
  public User {
    groups = Set.copyOf(groups);
  }

  /** Who proved nothing but a key. */
  public User(String name, Set<String> groups) {
    this(name, groups, new SecondFactor.None());
  }

  /** The same user, with what they proved besides the key. */
  public User with(SecondFactor proven) {
    return new User(name, groups, proven);
  }

  /**
   * The user with all groups there are: what the server decides with, and what it explains.
   *
   * @param own groups that a plugin knows
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
