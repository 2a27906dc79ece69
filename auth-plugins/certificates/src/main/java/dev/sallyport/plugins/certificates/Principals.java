package dev.sallyport.plugins.certificates;

import java.util.List;
import java.util.Set;

/** Which principals an authority may speak for. */
sealed interface Principals {
  /** In the configuration: all of them. */
  String ALL = "*";

  /** Whether it may speak for this one. */
  boolean has(String principal);

  /** Every one that there is. */
  record All() implements Principals {
    @Override
    public boolean has(String principal) {
      return true;
    }
  }

  /** Those of these names, and no patterns. */
  record Named(Set<String> names) implements Principals {
    public Named {
      names = Set.copyOf(names);
    }

    @Override
    public boolean has(String principal) {
      return names.contains(principal);
    }
  }

  /** From what the configuration says. */
  static Principals of(List<String> names) {
    return names.contains(ALL) ? new All() : new Named(Set.copyOf(names));
  }
}
