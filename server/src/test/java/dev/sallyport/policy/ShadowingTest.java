package dev.sallyport.policy;

import static dev.sallyport.policy.Samples.address;
import static dev.sallyport.policy.Samples.networks;
import static dev.sallyport.policy.Samples.to;
import static dev.sallyport.policy.Samples.valid;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Fuzz;
import dev.sallyport.model.Host;
import dev.sallyport.model.Parsed;
import dev.sallyport.model.Terms;
import dev.sallyport.model.User;
import dev.sallyport.spi.Cidr;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShadowingTest {
  private static final List<Cidr> PRIVATE = networks("10.0.0.0/16", "fd00:1::/64");
  private static final Map<String, Set<String>> GROUPS =
      Map.of("ops", Set.of("alice", "bob"), "all", Set.of("alice", "bob", "carol"));
  private static final Terms SESSION =
      new Terms.Session(Set.of("root"), "web", Set.of(), Terms.Input.NONE);

  /**
   * A rule from words: {@code users=alice,bob groups=ops source=10.0.0.0/8;… time=mon-fri 08:00-…;…
   * to=… mfa session}; what is left out restricts nothing.
   */
  private static Rule rule(String name, String text) {
    Set<String> users = Set.of();
    Set<String> groups = Set.of();
    List<Cidr> source = Rule.ANYWHERE;
    List<TimeWindow> time = Rule.ALWAYS;
    List<Destination> to = to("10.0.0.0/16:22");
    boolean mfa = false;
    Terms terms = Terms.METADATA;
    for (String word : text.split(" +(?=(?:users|groups|source|time|to)=|mfa|session)")) {
      String[] parts = word.split("=", 2);
      String[] values = parts.length < 2 ? new String[0] : parts[1].split(";");
      switch (parts[0]) {
        case "users" -> users = Set.of(parts[1].split(","));
        case "groups" -> groups = Set.of(parts[1].split(","));
        case "source" -> source = networks(values);
        case "time" ->
            time = Stream.of(values).map(one -> valid(TimeWindow.parse(one.strip()))).toList();
        case "to" -> to = to(values);
        case "mfa" -> mfa = true;
        case "session" -> terms = SESSION;
        default -> throw new AssertionError(word);
      }
    }
    return new Rule(name, users, groups, source, time, to, mfa, terms);
  }

  private static List<String> shadows(List<Cidr> reachable, String last, String... earlier) {
    List<Rule> before = new ArrayList<>();
    for (String one : earlier) {
      before.add(rule("r" + before.size(), one));
    }
    return new Shadowing(reachable, GROUPS)
        .of(rule("last", last), before).stream().map(Rule::name).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          users=*                       | users=alice
          users=*                       | groups=ops
          users=*                       | users=*
          groups=ops                    | groups=ops
          groups=ops                    | users=bob
          users=alice,bob               | users=bob
          groups=ops,all                | groups=ops users=carol
          users=alice mfa               | users=alice
          users=alice                   | users=alice mfa
          users=alice session           | users=alice
          users=alice                   | users=alice session
          users=alice source=10.0.0.0/8 | users=alice source=10.1.0.0/16;10.2.0.0/16
          users=alice source=10.0.0.0/9;10.128.0.0/9 | users=alice source=10.0.0.0/8
          users=alice                   | users=alice time=mon-fri 08:00-18:00 Europe/Berlin
          users=alice time=daily 00:00-12:00 UTC;daily 12:00-24:00 UTC | users=alice time=mon 08:00-18:00 Asia/Tokyo
          users=alice time=mon-fri 08:00-18:00 UTC | users=alice time=tue,wed 09:00-10:00 Z
          users=alice time=daily 22:00-06:00 UTC | users=alice time=mon 23:00-24:00 UTC;tue 00:00-06:00 UTC
          users=alice time=sun 22:00-06:00 UTC | users=alice time=mon 00:00-06:00 UTC
          users=alice to=10.0.0.0/16:1-65535 | users=alice to=10.0.2.0/24:22,80
          users=alice to=10.0.2.0/24:20-30;10.0.2.0/24:31-40 | users=alice to=10.0.2.0/25:25-35
          users=alice to=10.0.2.0/25:22;10.0.2.128/25:22 | users=alice to=10.0.2.0/24:22
          users=alice to=db.internal:1-9999 | users=alice to=db.internal:5432
          users=alice to=10.0.0.0/16:22;[fd00:1::/64]:22 | users=alice to=db.internal:22
          users=alice to=10.0.0.0/16:22 | users=alice to=10.0.0.0/8:22
          """)
  void anEarlierRuleShadowsWhatItMatchesWholly(String earlier, String last) {
    assertThat(shadows(PRIVATE, last, earlier)).containsExactly("r0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          users=alice                   | users=*
          users=alice,bob               | groups=ops
          groups=ops                    | groups=all
          groups=ops                    | users=carol
          groups=ops                    | users=bob groups=all
          users=alice source=10.0.0.0/8 | users=alice
          users=alice source=10.0.0.0/9;10.192.0.0/10 | users=alice source=10.0.0.0/8
          users=alice source=0.0.0.0/0  | users=alice source=::/0
          users=alice time=mon-fri 08:00-18:00 UTC | users=alice
          users=alice time=mon-fri 08:00-18:00 UTC | users=alice time=mon-fri 09:00-17:00 Europe/Berlin
          users=alice time=mon-fri 08:00-18:00 UTC | users=alice time=mon-sat 09:00-17:00 UTC
          users=alice time=daily 00:00-12:00 UTC;daily 12:00-24:00 Europe/Berlin | users=alice time=daily 00:00-24:00 UTC
          users=alice time=mon 22:00-06:00 UTC | users=alice time=mon 00:00-06:00 UTC
          users=alice to=10.0.2.0/24:22 | users=alice to=10.0.0.0/16:22
          users=alice to=10.0.2.0/24:22 | users=alice to=10.0.2.0/24:22;10.0.3.0/24:22
          users=alice to=10.0.2.0/24:22 | users=alice to=10.0.2.0/24:22,80
          users=alice to=10.0.2.0/24:20-24,26-30 | users=alice to=10.0.2.0/24:20-30
          users=alice to=10.0.2.0/24:22;10.0.3.0/24:80 | users=alice to=10.0.2.0/23:22
          users=alice to=db.internal:22 | users=alice to=10.0.0.5:22
          users=alice to=db.internal:22 | users=alice to=web.internal:22
          users=alice to=db.internal:22 | users=alice to=db.internal:22-23
          users=alice to=10.0.0.0/16:22 | users=alice to=db.internal:22
          users=alice to=[fd00:1::/64]:22 | users=alice to=10.0.2.0/24:22
          """)
  void aRuleWithSomethingLeftIsNotShadowed(String earlier, String last) {
    assertThat(shadows(PRIVATE, last, earlier)).isEmpty();
  }

  @Test
  void rulesThatShadowTogetherAreNamedAndNoOther() {
    assertThat(
            shadows(
                PRIVATE,
                "users=alice to=10.0.2.0/24:22;10.0.3.0/24:22",
                "users=bob",
                "users=alice to=10.0.2.0/24:22",
                "users=alice to=10.0.9.0/24:22",
                "users=* to=10.0.3.0/24:20-30"))
        .containsExactly("r1", "r3");
  }

  @Test
  void ofManyRulesThatEachWouldDoTheFirstIsNamed() {
    String[] copies = new String[50];
    Arrays.fill(copies, "users=*");
    assertThat(shadows(PRIVATE, "users=alice", copies)).containsExactly("r0");
  }

  /** Where "vpc" is not known, every address may be private. */
  @Test
  void aNetworkShadowsANameOnlyWhenNoAddressIsOutside() {
    assertThat(shadows(Rule.ANYWHERE, "users=alice to=a.b:22", "users=* to=10.0.0.0/8:22"))
        .isEmpty();
    assertThat(shadows(Rule.ANYWHERE, "users=alice to=a.b:22", "users=* to=0.0.0.0/0:22;[::/0]:22"))
        .containsExactly("r0");
  }

  @Test
  void aRuleForNobodyIsNotCalledShadowed() {
    Rule all = rule("all", "users=*");
    Rule nobody =
        new Rule(
            "nobody",
            Set.of(),
            Set.of(),
            Rule.ANYWHERE,
            Rule.ALWAYS,
            all.to(),
            false,
            Terms.METADATA);
    assertThat(new Shadowing(PRIVATE, GROUPS).of(nobody, List.of(all))).isEmpty();
    assertThat(new Shadowing(List.of(), GROUPS).of(all, List.of(all))).isEmpty();
  }

  /** What is called shadowed decides no request, whoever asks for what, when and from where. */
  @Test
  void aShadowedRuleDecidesNothing() {
    AtomicInteger shadowed = new AtomicInteger();
    AtomicInteger matched = new AtomicInteger();
    Fuzz.run(
        3_000,
        (fuzz, round) -> {
          List<Rule> rules = new ArrayList<>();
          for (int i = 0; i < 4; i++) {
            rules.add(anyRule(fuzz, "r" + i));
          }
          Rule last = rules.getLast();
          List<Rule> earlier = rules.subList(0, 3);
          List<Rule> found = new Shadowing(PRIVATE, GROUPS).of(last, earlier);
          if (found.isEmpty()) {
            return;
          }
          shadowed.incrementAndGet();
          assertThat(earlier).containsAll(found);
          for (int i = 0; i < 200; i++) {
            Request request = anyRequest(fuzz);
            if (last.match(request) == Rule.Match.MATCHES) {
              matched.incrementAndGet();
              assertThat(found)
                  .as("%s by %s", request, last)
                  .anyMatch(one -> one.match(request) == Rule.Match.MATCHES);
            }
          }
        });
    assertThat(shadowed).as("the property is about something").hasPositiveValue();
    assertThat(matched).as("the property is about something").hasPositiveValue();
  }

  private static Rule anyRule(Fuzz fuzz, String name) {
    List<String> who =
        List.of("users=*", "groups=ops", "groups=all", "users=alice", "users=bob,carol groups=ops");
    List<String> source = List.of("", " source=10.0.0.0/9", " source=10.0.0.0/8;::/0");
    List<String> time =
        List.of(
            "",
            " time=mon-fri 08:00-18:00 UTC",
            " time=daily 20:00-04:00 UTC",
            " time=mon 00:00-24:00 Europe/Berlin");
    List<String> to =
        List.of(
            " to=10.0.0.0/16:1-65535",
            " to=10.0.2.0/23:22,80",
            " to=10.0.2.0/24:20-30;db.internal:22",
            " to=10.0.0.0/16:22;[fd00:1::/64]:22",
            " to=db.internal:22");
    return rule(name, one(fuzz, who) + one(fuzz, source) + one(fuzz, time) + one(fuzz, to));
  }

  private static Request anyRequest(Fuzz fuzz) {
    String user = one(fuzz, List.of("alice", "bob", "carol", "eve"));
    boolean added = fuzz.below(3) == 0;
    String target = one(fuzz, List.of("10.0.2.5", "10.0.3.5", "10.0.200.1", "fd00:1::7"));
    Host host =
        switch (Host.parse(fuzz.below(2) == 0 ? "db.internal" : target)) {
          case Parsed.Valid<Host>(Host valid) -> valid;
          case Parsed.Malformed<Host>(String reason) -> throw new AssertionError(reason);
        };
    return new Request(
        User.of(user, added ? Set.of("ops") : Set.of(), GROUPS),
        address(one(fuzz, List.of("10.1.1.1", "10.200.1.1", "203.0.113.7", "2001:db8::1"))),
        Instant.parse("2026-11-23T00:00:00Z").plus(Duration.ofMinutes(fuzz.below(7 * 24 * 60))),
        host,
        address(target),
        one(fuzz, List.of(22, 25, 80, 5432)));
  }

  private static <T> T one(Fuzz fuzz, List<T> choices) {
    return choices.get(fuzz.below(choices.size()));
  }
}
