package dev.sallyport.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.Terms;
import dev.sallyport.policy.Rule;
import dev.sallyport.spi.KnownUsers;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UserWarningsTest {
  private static final Map<String, Set<String>> GROUPS = Map.of("ops", Set.of("alice", "bob"));
  private static final List<Rule> RULES =
      List.of(rule(Set.of("carol"), Set.of()), rule(Set.of(), Set.of("ops")));

  private static Rule rule(Set<String> users, Set<String> groups) {
    return new Rule(
        "r", users, groups, Rule.ANYWHERE, Rule.ALWAYS, List.of(), false, Terms.METADATA);
  }

  private static KnownUsers all(String... users) {
    return new KnownUsers(Set.of(users), true, false);
  }

  @Test
  void saysNothingWhereEverybodyHasAKeyAndARule() {
    assertThat(UserWarnings.of(GROUPS, RULES, List.of(all("alice", "bob"), all("carol"))))
        .isEmpty();
  }

  @Test
  void namesUsersOfGroupsAndRulesWithoutAKey() {
    assertThat(UserWarnings.of(GROUPS, RULES, List.of(all("alice"))))
        .singleElement()
        .asString()
        .startsWith(
            "groups or rules name users who have no key, so they cannot log in: bob, carol;");
  }

  @Test
  void namesUsersWithAKeyForWhomNoRuleIs() {
    assertThat(UserWarnings.of(GROUPS, RULES, List.of(all("alice", "bob", "carol", "dave", "eve"))))
        .singleElement()
        .asString()
        .startsWith("users can log in and reach nothing, because no rule is for them: dave, eve;");
  }

  @Test
  void aRuleForEveryoneIsForEverybodyAndNamesNobody() {
    List<Rule> rules = List.of(rule(Set.of(Rule.EVERYONE), Set.of()));
    assertThat(UserWarnings.of(Map.of(), rules, List.of(all("dave")))).isEmpty();
  }

  @Test
  void saysNothingOfKeysWhereAPluginMayKnowMore() {
    assertThat(
            UserWarnings.of(
                GROUPS, RULES, List.of(all("alice"), new KnownUsers(Set.of(), false, false))))
        .isEmpty();
  }

  @Test
  void saysNothingOfRulesWhereAPluginMayAddGroups() {
    assertThat(
            UserWarnings.of(
                GROUPS,
                RULES,
                List.of(
                    all("alice", "bob", "carol", "dave"), new KnownUsers(Set.of(), true, true))))
        .isEmpty();
    assertThat(UserWarnings.of(GROUPS, RULES, List.of(all("dave"), KnownUsers.UNKNOWN))).isEmpty();
  }

  @Test
  void namesAScreenfulAndEscapesIt() {
    Set<String> many = IntStream.range(0, 25).mapToObj(i -> "u" + i).collect(Collectors.toSet());
    many.add("\u001b[31m");
    assertThat(UserWarnings.of(Map.of("ops", many), List.of(), List.of(all())))
        .singleElement()
        .asString()
        .contains(" and 6 more;")
        .doesNotContain("\u001b");
  }
}
