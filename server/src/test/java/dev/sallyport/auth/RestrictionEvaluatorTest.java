package dev.sallyport.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.Act;
import dev.sallyport.model.Decision;
import dev.sallyport.model.Denial;
import dev.sallyport.model.Grant;
import dev.sallyport.model.Host;
import dev.sallyport.model.Parsed;
import dev.sallyport.model.Target;
import dev.sallyport.model.Terms;
import dev.sallyport.model.User;
import dev.sallyport.policy.Destination;
import dev.sallyport.spi.PermittedDestination;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Restrictions.Permission;
import dev.sallyport.spi.SourcePatterns;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RestrictionEvaluatorTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final InetAddress HOME = InetAddress.ofLiteral("203.0.113.7");
  private static final Terms.Session RECORDED =
      new Terms.Session(Set.of("ec2-user"), "web", Set.of(), Terms.Input.NONE);

  private static Identity with(Restrictions restrictions) {
    return new Identity(new User("alice", Set.of()), restrictions, "test", "");
  }

  private static Optional<Denial> forbids(Restrictions restrictions, Act act) {
    return RestrictionEvaluator.forbids(with(restrictions), HOME, act, NOON);
  }

  private static Decision granted(Terms terms, String asked, String... addresses) {
    return new Decision.Granted(
        new Grant(
            new Target(asked, 22),
            Arrays.stream(addresses)
                .map(one ->
                    new Grant.Candidate(
                        new InetSocketAddress(InetAddress.ofLiteral(one), 22), "ssh"))
                .toList(),
            terms));
  }

  private static Restrictions to(String... destinations) {
    return Restrictions.NONE.withPermitOpen(
        Arrays.stream(destinations)
            .map(one -> PermittedDestination.parse(one).orElseThrow())
            .collect(Collectors.toSet()));
  }

  @ParameterizedTest
  @EnumSource(Act.class)
  void whatIsNotRestrictedIsNotForbidden(Act act) {
    assertThat(forbids(Restrictions.NONE, act)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Act.class)
  void anEndAndASourceForbidEverything(Act act) {
    assertThat(forbids(Restrictions.NONE.withValidBefore(NOON), act)).isPresent();
    assertThat(forbids(Restrictions.NONE.withValidBefore(NOON.plusNanos(1)), act)).isEmpty();
    assertThat(forbids(Restrictions.NONE.withSource(SourcePatterns.parse("10.0.0.0/8")), act))
        .isPresent();
    assertThat(forbids(Restrictions.NONE.withSource(SourcePatterns.parse("203.0.113.*")), act))
        .isEmpty();
  }

  /** Where a rule leads, the sets of {@code permitopen} of the key, and what is left. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10.0.2.0/24:22            |                                     | 10.0.2.0/24:22",
        "10.0.2.0/24:22            | 10.0.2.15:22                        | 10.0.2.15:22",
        "10.0.2.0/24:22,80         | 10.0.2.15:*                         | 10.0.2.15:22,80",
        "10.0.2.0/24:1-1024        | *:22                                | 10.0.2.0/24:22",
        "10.0.2.0/24:22            | 10.0.3.15:22                        | ''",
        "10.0.2.0/24:22            | 10.0.2.15:80                        | ''",
        "10.0.2.0/24:22            | [fd00::5]:22                        | ''",
        "[fd00::/64]:22            | [fd00::5]:22                        | [fd00::5]:22",
        "10.0.2.0/24:22            | 10.0.2.15:22 10.0.2.16:22 10.0.3.1:22 | 10.0.2.15:22 10.0.2.16:22",
        "db.internal:5432          | db.internal:5432                    | db.internal:5432",
        "db.internal:5432          | other.internal:5432                 | ''",
        // What a name resolves to is not asked, so that is a condition.
        "10.0.2.0/24:22            | web.internal:22                     | web.internal:22 in 10.0.2.0/24",
        "db.internal:5432          | 10.0.3.15:5432                      | db.internal:5432 at 10.0.3.15",
        // One of each set.
        "10.0.2.0/24:22            | 10.0.2.15:22 10.0.2.16:22 & *:22 & 10.0.2.16:* | 10.0.2.16:22",
        "10.0.2.0/24:22            | web.internal:22 & 10.0.2.15:22      | web.internal:22 at 10.0.2.15",
        "10.0.2.0/24:22            | 10.0.2.15:22 & 10.0.2.16:22         | ''",
        "10.0.2.0/24:22            | none:22                             | none:22 in 10.0.2.0/24",
        "10.0.2.0/24:22            | 127.1:22                            | ''"
      })
  void whatIsToldOfAPlaceIsWhatBothGive(String rule, String key, String left) {
    assertThat(told(with(permitOpen(key)), rule))
        .extracting(Object::toString)
        .containsExactlyInAnyOrderElementsOf(
            left.isEmpty() ? List.of() : List.of(left.split(" (?!(?:in|at) )(?<! (?:in|at) )")));
  }

  private static Restrictions permitOpen(String sets) {
    Restrictions restrictions = Restrictions.NONE;
    if (sets != null) {
      for (String set : sets.split(" & ")) {
        restrictions = restrictions.withPermitOpen(to(set.split(" ")).permitOpen().getFirst());
      }
    }
    return restrictions;
  }

  private static List<Place> told(Identity identity, String rule) {
    return RestrictionEvaluator.narrow(
        RestrictionEvaluator.permitted(identity), List.of(destination(rule)));
  }

  private static Destination destination(String text) {
    return switch (Destination.parse(text)) {
      case Parsed.Valid<Destination>(Destination destination) -> destination;
      case Parsed.Malformed<Destination>(String reason) -> throw new AssertionError(reason);
    };
  }

  /** Whatever is decided about a target must agree with what was told of places. */
  @ParameterizedTest
  @CsvSource({
    "10.0.2.15, 10.0.2.15, 22",
    "10.0.2.16, 10.0.2.16, 22",
    "web.internal, 10.0.2.15, 22",
    "web.internal, 10.0.2.16, 22",
    "db.internal, 10.0.2.16, 22",
    "10.0.2.15, 10.0.2.15, 80",
    "10.0.3.15, 10.0.3.15, 22"
  })
  void aTargetIsGrantedIfItIsInAPlaceThatIsTold(String asked, String address, int port) {
    Host host = ((Parsed.Valid<Host>) Host.parse(asked)).value();
    InetSocketAddress dialled = new InetSocketAddress(InetAddress.ofLiteral(address), port);
    for (String key : List.of("10.0.2.15:22", "web.internal:22", "*:22", "10.0.2.15:* & *:22")) {
      Identity identity = with(permitOpen(key));
      Grant grant =
          new Grant(
              new Target(asked, port),
              List.of(new Grant.Candidate(dialled, "ssh")),
              Terms.METADATA);
      boolean ruled = destination("10.0.2.0/24:22").matches(host, dialled.getAddress(), port);
      assertThat(
              told(identity, "10.0.2.0/24:22").stream()
                  .anyMatch(place -> place.matches(host, dialled.getAddress(), port)))
          .as(key)
          .isEqualTo(
              ruled
                  && RestrictionEvaluator.narrow(identity, Act.FORWARD, new Decision.Granted(grant))
                      instanceof Decision.Granted);
    }
  }

  @Test
  void whatAKeyTakesIsToldAndNothingWhereItTakesNothing() {
    assertThat(RestrictionEvaluator.narrowing(with(Restrictions.NONE))).isEmpty();
    assertThat(
            RestrictionEvaluator.narrowing(
                with(permitOpen("*:22").withoutPermissions().withCommand("ssh web"))))
        .containsExactlyInAnyOrder(
            "goes only where its permitopen says",
            "runs one command",
            "may not open forwards",
            "may not have a terminal",
            "may not forward the agent");
  }

  @Test
  void everySourceMustMatch() {
    Restrictions both =
        Restrictions.NONE
            .withSource(SourcePatterns.parse("203.0.113.0/24"))
            .withSource(SourcePatterns.parse("10.0.0.0/8"));
    assertThat(forbids(both, Act.LOG_IN)).isPresent();
  }

  @ParameterizedTest
  @CsvSource({"FORWARDING,FORWARD", "PTY,TERMINAL", "AGENT_FORWARDING,AGENT"})
  void eachPermissionForbidsItsActAndNoOther(Permission permission, Act forbidden) {
    Restrictions restrictions = Restrictions.NONE.without(permission);
    for (Act act : EnumSet.allOf(Act.class)) {
      assertThat(forbids(restrictions, act).isPresent()).as("%s", act).isEqualTo(act == forbidden);
    }
  }

  @Test
  void aDenialSaysWhoseKeyAndWhatWithoutHarm() {
    Identity hostile =
        new Identity(
            new User("al\u202eice\n", Set.of()),
            Restrictions.NONE.without(Permission.PTY),
            "test",
            "");
    assertThat(RestrictionEvaluator.forbids(hostile, HOME, Act.TERMINAL, NOON).orElseThrow().text())
        .startsWith("the key of al")
        .endsWith("may not have a terminal")
        .doesNotContain("\n", "\u202e");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10.0.2.15:22     | 10.0.2.15    | 10.0.2.15 | true",
        "10.0.2.15:*      | 10.0.2.15    | 10.0.2.15 | true",
        "*:22             | 10.0.2.15    | 10.0.2.15 | true",
        // What counts is the address that is dialled, whatever was typed.
        "10.0.2.15:22     | web.internal | 10.0.2.15 | true",
        "WEB.internal.:22 | web.internal | 10.0.2.15 | true",
        "10.0.2.15:23     | 10.0.2.15    | 10.0.2.15 | false",
        "10.0.2.16:22     | web.internal | 10.0.2.15 | false",
        "web.internal:22  | 10.0.2.15    | 10.0.2.15 | false",
        "web:22           | web.internal | 10.0.2.15 | false",
        "127.1:22         | 127.1        | 127.0.0.1 | false",
        "*.internal:22    | web.internal | 10.0.2.15 | false",
      })
  void permitOpenNarrows(String permitted, String asked, String address, boolean allowed) {
    for (Terms terms : List.of(Terms.METADATA, RECORDED)) {
      for (Act act : List.of(Act.FORWARD, Act.SESSION)) {
        Decision decision =
            RestrictionEvaluator.narrow(with(to(permitted)), act, granted(terms, asked, address));
        assertThat(decision instanceof Decision.Granted).isEqualTo(allowed);
      }
    }
  }

  @Test
  void ofSeveralAddressesOnlyThePermittedOnesAreDialled() {
    Decision decision =
        RestrictionEvaluator.narrow(
            with(to("10.0.2.16:22")),
            Act.FORWARD,
            granted(Terms.METADATA, "web.internal", "10.0.2.15", "10.0.2.16"));
    assertThat(decision)
        .isInstanceOfSatisfying(
            Decision.Granted.class,
            granted ->
                assertThat(granted.grant().candidates())
                    .extracting(one -> one.address().getAddress().getHostAddress())
                    .containsExactly("10.0.2.16"));
  }

  @Test
  void everySetOfDestinationsMustName() {
    Restrictions both = to("10.0.2.15:*").and(to("*:22")).orElseThrow();
    Decision asked = granted(Terms.METADATA, "10.0.2.15", "10.0.2.15");
    assertThat(RestrictionEvaluator.narrow(with(both), Act.FORWARD, asked)).isEqualTo(asked);
    Restrictions none = both.and(Restrictions.NONE.withPermitOpen(Set.of())).orElseThrow();
    assertThat(RestrictionEvaluator.narrow(with(none), Act.FORWARD, asked))
        .isInstanceOf(Decision.Denied.class);
  }

  @Test
  void whatTheRulesDeniedStaysDenied() {
    Decision denied = new Decision.Denied(new Denial(Denial.Reason.NO_RULE, "no"));
    assertThat(RestrictionEvaluator.narrow(with(to("*:*")), Act.FORWARD, denied)).isSameAs(denied);
  }

  @Test
  void aForcedCommandLeavesNoRecordedForwardInWhichTheClientWouldChoose() {
    Identity forced = with(Restrictions.NONE.withCommand("ssh ec2-user@10.0.2.15"));
    Decision recorded = granted(RECORDED, "10.0.2.15", "10.0.2.15");
    Decision plain = granted(Terms.METADATA, "10.0.2.15", "10.0.2.15");
    assertThat(RestrictionEvaluator.narrow(forced, Act.FORWARD, recorded))
        .isInstanceOf(Decision.Denied.class);
    assertThat(RestrictionEvaluator.narrow(forced, Act.SESSION, recorded)).isEqualTo(recorded);
    assertThat(RestrictionEvaluator.narrow(forced, Act.FORWARD, plain)).isEqualTo(plain);
  }
}
