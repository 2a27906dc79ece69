package dev.sallyport.gateway.prompt;

import dev.sallyport.model.SafeText;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who is at the prompt.
 *
 * @param name as the rules and the audit log have it
 * @param groups all of them
 * @param reachable where the rules lead now, in their order
 */
public record PromptUser(String name, Set<String> groups, List<Reachable> reachable) {
  private static final int SHOWN_NAME = 64;

  /** Longest list of groups that is shown. */
  private static final int SHOWN_GROUPS = 500;

  public PromptUser {
    groups = Set.copyOf(groups);
    reachable = List.copyOf(reachable);
  }

  /** The name, escaped and bounded. */
  String shownName() {
    return SafeText.escape(name, SHOWN_NAME);
  }

  /** {@code alice, in dev, ops}, escaped and bounded. */
  String shown() {
    return groups.isEmpty()
        ? shownName()
        : shownName()
            + ", in "
            + SafeText.escape(String.join(", ", new TreeSet<>(groups)), SHOWN_GROUPS);
  }
}
