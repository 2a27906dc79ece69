package dev.sallyport.model;

import java.util.Set;

/**
 * Who an authenticated client is. There is no system account behind it.
 *
 * @param name the name that rules and the audit log use
 * @param groups from the configuration and from the plugin that knew the key
 */
public record User(String name, Set<String> groups) {
  public User {
    groups = Set.copyOf(groups);
  }
}
