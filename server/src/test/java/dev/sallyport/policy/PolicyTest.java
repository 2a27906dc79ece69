package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.Host;
import dev.sallyport.model.SecondFactor;
import dev.sallyport.model.Terms;
import dev.sallyport.model.User;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyTest {
  @Test
  void theFirstRuleThatMatchesDecides() {
    Policy policy =
        Samples.policy(
            Samples.rule("web", "10.0.2.0/24:80"),
            Samples.rule("first", "10.0.2.0/24:22"),
            Samples.rule("second", "10.0.2.5:22"));
    assertThat(Samples.outcome(policy, Samples.request("10.0.2.5", 22))).isEqualTo("first");
  }

  @Test
  void deniesWhatNoRuleMatches() {
    assertThat(Samples.outcome(Samples.policy(), Samples.request("10.0.2.5", 22)))
        .isEqualTo("no-rule");
    Policy policy = Samples.policy(Samples.rule("ssh", "10.0.2.0/24:22"));
    assertThat(Samples.outcome(policy, Samples.request("10.0.2.5", 23))).isEqualTo("no-rule");
    assertThat(Samples.outcome(policy, Samples.request("10.0.3.5", 22))).isEqualTo("no-rule");
  }

  @Test
  void deniesWhatIsOutsideThePrivateNetworksWhateverRulesSay() {
    Policy policy =
        new Policy(
            Samples.networks("10.0.0.0/16"),
            Samples.networks("127.0.0.0/8"),
            Set.of(),
            List.of(Samples.rule("all", "0.0.0.0/0:22", "[::/0]:22")));
    assertThat(Samples.outcome(policy, Samples.request("10.0.255.255", 22))).isEqualTo("all");
    assertThat(Samples.outcome(policy, Samples.request("10.1.0.0", 22))).isEqualTo("not-private");
    assertThat(Samples.outcome(policy, Samples.request("127.0.0.1", 22))).isEqualTo("not-private");
    // An address that carries a private one must be private itself.
    assertThat(Samples.outcome(policy, Samples.request("64:ff9b::10.0.0.5", 22)))
        .isEqualTo("not-private");
    assertThat(Samples.outcome(policy, Samples.request("::ffff:10.0.0.5", 22))).isEqualTo("all");
  }

  @Test
  void aNameDestinationOpensOnlyPrivateAddressesThatAreNotDenied() {
    Policy policy =
        new Policy(
            Samples.networks("10.0.0.0/16", "127.0.0.0/8"),
            List.of(),
            Set.of(),
            List.of(Samples.rule("db", "db.internal:5432")));
    assertThat(Samples.outcome(policy, named("db.internal", "10.0.3.15"))).isEqualTo("db");
    assertThat(Samples.outcome(policy, named("db.internal", "10.9.9.9"))).isEqualTo("not-private");
    assertThat(Samples.outcome(policy, named("db.internal", "127.0.0.1"))).isEqualTo("loopback");
    assertThat(Samples.outcome(policy, named("other.internal", "10.0.3.15"))).isEqualTo("no-rule");
  }

  private static Request named(String name, String address) {
    return new Request(
        Samples.ALICE,
        Samples.SOURCE,
        Samples.NOW,
        new Host.Name(name),
        Samples.address(address),
        5432);
  }

  private static Rule withMfa(String name, String... to) {
    return new Rule(
        name,
        Set.of(Rule.EVERYONE),
        Set.of(),
        Rule.ANYWHERE,
        Rule.ALWAYS,
        Samples.to(to),
        true,
        Terms.METADATA);
  }

  private static Request aliceWith(SecondFactor proven, Request request) {
    return new Request(
        Samples.ALICE.with(proven),
        request.source(),
        request.at(),
        request.host(),
        request.address(),
        request.port());
  }

  @Test
  void aRuleThatDemandsASecondFactorDeniesWhoHasNoneAndNoLaterRuleIsAsked() {
    Policy policy =
        Samples.policy(withMfa("secret", "10.0.2.0/24:22"), Samples.rule("open", "0.0.0.0/0:22"));
    Request request = Samples.request("10.0.2.5", 22);

    assertThat(Samples.outcome(policy, request)).isEqualTo("second-factor");
    assertThat(Samples.outcome(policy, Samples.request("10.0.3.5", 22))).isEqualTo("open");
    assertThat(
            Samples.outcome(policy, aliceWith(new SecondFactor.Answered("totp", "code"), request)))
        .isEqualTo("secret");
    assertThat(
            Samples.outcome(
                policy,
                aliceWith(new SecondFactor.SecurityKey(SecondFactor.Attested.TOUCH), request)))
        .isEqualTo("secret");
  }

  @Test
  void anEarlierRuleThatDemandsNothingDecidesFirst() {
    Policy policy =
        Samples.policy(Samples.rule("open", "10.0.2.5:22"), withMfa("secret", "10.0.2.0/24:22"));

    assertThat(Samples.outcome(policy, Samples.request("10.0.2.5", 22))).isEqualTo("open");
    assertThat(Samples.outcome(policy, Samples.request("10.0.2.6", 22))).isEqualTo("second-factor");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "alice, -, alice, -, true",
        "alice, -, bob, -, false",
        "alice, -, Alice, -, false",
        "bob alice, -, alice, -, true",
        "-, ops, alice, ops, true",
        "-, ops, alice, dev ops, true",
        "-, ops, alice, dev, false",
        "-, ops, ops, -, false",
        "alice, -, bob, alice, false",
        "bob, ops, alice, ops, true",
        "bob, ops, bob, -, true",
        "bob, ops, carol, dev, false",
        "*, -, anybody, -, true",
        "-, *, anybody, -, false",
        "-, -, alice, ops, false",
      })
  void aRuleIsForItsUsersAndTheMembersOfItsGroups(
      String users, String groups, String name, String memberOf, boolean matches) {
    Rule rule =
        new Rule(
            "r",
            words(users),
            words(groups),
            Rule.ANYWHERE,
            Rule.ALWAYS,
            Samples.to("10.0.2.0/24:22"),
            false,
            Terms.METADATA);
    Request request = Samples.request("10.0.2.5", 22);
    Request asked =
        new Request(
            new User(name, words(memberOf)),
            request.source(),
            request.at(),
            request.host(),
            request.address(),
            request.port());
    assertThat(rule.match(asked)).isEqualTo(matches ? Rule.Match.MATCHES : Rule.Match.OTHER_USER);
  }

  private static Set<String> words(String text) {
    return text == null ? Set.of() : Set.of(text.split(" "));
  }

  @ParameterizedTest
  @CsvSource({
    "203.0.113.0/24, daily 00:00-24:00 UTC, 10.0.2.0/24:22, MATCHES",
    "203.0.114.0/24, daily 00:00-24:00 UTC, 10.0.2.0/24:22, OTHER_SOURCE",
    "::/0, daily 00:00-24:00 UTC, 10.0.2.0/24:22, OTHER_SOURCE",
    "203.0.113.7, mon-fri 00:00-24:00 UTC, 10.0.2.0/24:22, OTHER_TIME",
    "203.0.113.7, sun 10:00-11:00 UTC, 10.0.2.0/24:22, MATCHES",
    "203.0.113.7, sun 10:00-11:00 UTC, 10.0.2.0/24:23, OTHER_DESTINATION",
  })
  void sourceTimeAndDestinationMustAllMatch(
      String source, String time, String to, Rule.Match match) {
    Rule rule =
        new Rule(
            "r",
            Set.of("alice"),
            Set.of(),
            Samples.networks(source),
            List.of(Samples.valid(TimeWindow.parse(time))),
            Samples.to(to),
            false,
            Terms.METADATA);
    Request request = Samples.request("10.0.2.5", 22);
    assertThat(rule.match(request)).isEqualTo(match);
    assertThat(Samples.outcome(Samples.policy(rule), request))
        .isEqualTo(match == Rule.Match.MATCHES ? "r" : "no-rule");
  }

  @Test
  void aRestrictionThatIsEmptyMatchesNothing() {
    Request request = Samples.request("10.0.2.5", 22);
    Rule open = Samples.rule("r", "10.0.2.0/24:22");
    Set<String> all = open.users();
    assertThat(open.match(request)).isEqualTo(Rule.Match.MATCHES);
    assertThat(
            new Rule("r", all, Set.of(), List.of(), Rule.ALWAYS, open.to(), false, open.terms())
                .match(request))
        .isEqualTo(Rule.Match.OTHER_SOURCE);
    assertThat(
            new Rule("r", all, Set.of(), Rule.ANYWHERE, List.of(), open.to(), false, open.terms())
                .match(request))
        .isEqualTo(Rule.Match.OTHER_TIME);
    assertThat(
            new Rule("r", all, Set.of(), Rule.ANYWHERE, Rule.ALWAYS, List.of(), false, open.terms())
                .match(request))
        .isEqualTo(Rule.Match.OTHER_DESTINATION);
  }
}
