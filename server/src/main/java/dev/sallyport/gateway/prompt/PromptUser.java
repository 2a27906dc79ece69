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
 * @param reachable where the login may go now, in the order of the rules
 * @param narrowing what the user's key takes from what the rules give; each continues a sentence
 *     about the key
 */
public record PromptUser(
    String name, Set<String> groups, List<Reachable> reachable, List<String> narrowing) {
  private static final int SHOWN_NAME = 64;

  /** Longest list of groups that is shown. */
  private static final int SHOWN_GROUPS = 500;

  public PromptUser {
    groups = Set.copyOf(groups);
    reachable = List.copyOf(reachable);
    narrowing = List.copyOf(narrowing);
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

  /** Whether a rule lets {@code ssh} at the prompt open a session anywhere. */
  boolean mayOpenSessions() {
    return reachable.stream()
        .anyMatch(one ->
            switch (one.way()) {
              case Reachable.Way.Session session -> true;
              case Reachable.Way.Gateway gateway -> true;
              case Reachable.Way.Forward forward -> false;
            });
  }

  /** That the key narrows what the rules give, and how, as a line; empty if it does not. */
  String shownNarrowing() {
    return narrowing.isEmpty()
        ? ""
        : "Your key narrows what the rules give: it " + String.join(", ", narrowing) + ".\n";
  }

  /** That there is nowhere to go. */
  String nowhere() {
    return narrowing.isEmpty()
        ? "No rule lets you go anywhere from where you are.\n"
        : "The rules and your key together let you go nowhere from where you are.\n"
            + shownNarrowing();
  }
}
