package dev.sallyport.spi;

import java.util.Set;

/**
 * Which users a plugin's source can let in, for the warnings of {@code sallyport config check}.
 *
 * @param users users with a key or another way to log in
 * @param complete whether these are all; false when the source may let in other users too
 * @param addsGroups whether the source may add groups to a user
 */
public record KnownUsers(Set<String> users, boolean complete, boolean addsGroups) {
  /** Nothing is known: anybody might log in, with any group. */
  public static final KnownUsers UNKNOWN = new KnownUsers(Set.of(), false, true);

  public KnownUsers {
    users = Set.copyOf(users);
  }
}
