package dev.sallyport.gateway.prompt;

import dev.sallyport.model.SafeText;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The user at the prompt.
 *
 * @param name as the rules and the audit log have it
 * @param groups all of them
 * @param reachable the destinations that this login may reach now, in the order of the rules
 * @param narrowing how the user's key restricts what the rules allow; each continues a sentence
 *     about the key
 */
public record PromptUser(
    String name, Set<String> groups, List<Reachable> reachable, List<String> narrowing) {
  private static final int SHOWN_NAME = 64;

  /** Longest list of groups that is shown, in characters. */
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

  /** Whether any rule allows sessions from the prompt. */
  boolean mayOpenSessions() {
    return reachable.stream()
        .anyMatch(one ->
            switch (one.way()) {
              case Reachable.Way.Session session -> true;
              case Reachable.Way.Gateway gateway -> true;
              case Reachable.Way.Forward forward -> false;
            });
  }

  /** A line that says how the key restricts what the rules allow; empty if it does not. */
  String shownNarrowing() {
    return narrowing.isEmpty()
        ? ""
        : "Your key narrows what the rules give: it " + String.join(", ", narrowing) + ".\n";
  }

  /** The line for a user who may not reach any destination. */
  String nowhere() {
    return narrowing.isEmpty()
        ? "No rule lets you go anywhere from where you are.\n"
        : "The rules and your key together let you go nowhere from where you are.\n"
            + shownNarrowing();
  }
}
