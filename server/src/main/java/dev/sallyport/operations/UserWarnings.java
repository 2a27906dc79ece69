package dev.sallyport.operations;

import dev.sallyport.model.SafeText;
import dev.sallyport.model.User;
import dev.sallyport.policy.Rule;
import dev.sallyport.spi.KnownUsers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Finds users who cannot log in, and users who can and reach nothing. Pure. */
public final class UserWarnings {
  /** Most users that are named; of the rest the number is enough. */
  private static final int MOST = 20;

  private static final int SHOWN = 64;

  private UserWarnings() {}

  /**
   * A sentence for each kind, escaped. Says nothing where a plugin may know more than this machine
   * does.
   *
   * @param groups members by group, as the configuration has them
   * @param plugins what each plugin knows
   */
  public static List<String> of(
      Map<String, Set<String>> groups, List<Rule> rules, Collection<KnownUsers> plugins) {
    Set<String> able = new TreeSet<>();
    plugins.forEach(one -> able.addAll(one.users()));
    List<String> warnings = new ArrayList<>();
    if (plugins.stream().allMatch(KnownUsers::complete)) {
      Set<String> keyless = new TreeSet<>();
      groups.values().forEach(keyless::addAll);
      rules.forEach(rule -> keyless.addAll(rule.users()));
      keyless.remove(Rule.EVERYONE);
      keyless.removeAll(able);
      if (!keyless.isEmpty()) {
        warnings.add(
            "groups or rules name users who have no key, so they cannot log in: %s; give them one, or remove their names"
                .formatted(names(keyless)));
      }
    }
    if (plugins.stream().noneMatch(KnownUsers::addsGroups)) {
      able.removeIf(name -> isInARule(User.of(name, Set.of(), groups), rules));
      if (!able.isEmpty()) {
        warnings.add(
            "users can log in and reach nothing, because no rule is for them: %s; add them to a rule or to a group of one, or remove their keys"
                .formatted(names(able)));
      }
    }
    return warnings;
  }

  private static boolean isInARule(User user, List<Rule> rules) {
    return rules.stream().anyMatch(rule -> rule.isFor(user));
  }

  private static String names(Set<String> users) {
    String named =
        String.join(
            ", ", users.stream().limit(MOST).map(user -> SafeText.escape(user, SHOWN)).toList());
    return users.size() > MOST ? named + " and " + (users.size() - MOST) + " more" : named;
  }
}
