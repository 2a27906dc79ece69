package dev.sallyport.plugins.ldap;

import dev.sallyport.plugins.openssh.KeyList;
import java.util.Set;

/** What the directory has of a name. */
sealed interface Person {
  /** One entry. */
  record Known(KeyList keys, Set<String> groups) implements Person {
    public Known {
      groups = Set.copyOf(groups);
    }
  }

  /** None that can be used. */
  record Stranger() implements Person {}

  default boolean isKnown() {
    return switch (this) {
      case Known _ -> true;
      case Stranger _ -> false;
    };
  }
}
