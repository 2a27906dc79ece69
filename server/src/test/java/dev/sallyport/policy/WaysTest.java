package dev.sallyport.policy;

import static dev.sallyport.policy.Samples.ALICE;
import static dev.sallyport.policy.Samples.NOW;
import static dev.sallyport.policy.Samples.address;
import static dev.sallyport.policy.Samples.networks;
import static dev.sallyport.policy.Samples.policy;
import static dev.sallyport.policy.Samples.to;
import static dev.sallyport.policy.Samples.valid;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Fuzz;
import dev.sallyport.model.Decision;
import dev.sallyport.model.Grant;
import dev.sallyport.model.Host;
import dev.sallyport.model.SecondFactor;
import dev.sallyport.model.Target;
import dev.sallyport.model.Terms;
import dev.sallyport.model.User;
import dev.sallyport.spi.Cidr;
import java.net.InetAddress;
import java.net.SocketException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WaysTest {
  private static final List<String> SOURCES =
      List.of("0.0.0.0/0", "::/0", "203.0.113.0/24", "203.0.113.128/25", "203.0.113.7", "fd00::/8");
  private static final List<String> TIMES =
      List.of(
          "daily 00:00-24:00 UTC",
          "mon-fri 08:00-18:00 Europe/Vienna",
          "sat,sun 22:00-06:00 UTC",
          "wed 00:00-24:00 America/St_Johns",
          "daily 23:00-01:00 Asia/Kolkata");
  private static final List<String> PLACES =
      List.of(
          "10.0.0.0/8:22",
          "10.0.2.0/24:1-1024",
          "10.0.2.5:22,80",
          "10.0.2.128/25:22-23",
          "169.254.0.0/16:80",
          "[fd00:1::/64]:22");

  private static Rule rule(
      String name, List<Cidr> source, List<TimeWindow> time, boolean mfa, List<Destination> to) {
    return new Rule(name, Set.of("alice"), Set.of(), source, time, to, mfa, Terms.METADATA);
  }

  private static Rule always(String name, boolean mfa, String... to) {
    return rule(name, Rule.ANYWHERE, Rule.ALWAYS, mfa, to(to));
  }

  private static Rule from(String name, String source, String... to) {
    return rule(name, networks(source), Rule.ALWAYS, false, to(to));
  }

  private static Rule at(String name, String time, String... to) {
    return rule(name, Rule.ANYWHERE, List.of(valid(TimeWindow.parse(time))), false, to(to));
  }

  private static Ways ways(Policy policy) {
    return new Ways(policy, new OwnAddresses(), Optional.empty(), Optional.empty(), NOW);
  }

  private static List<String> found(Ways ways, String address, int port) {
    Ways.Spot spot = new Ways.Spot(new Host.Address(address(address)), address(address), port);
    return ways.to(spot, ALICE).stream().map(Rule::name).toList();
  }

  private static boolean leads(Policy policy, int rule, String... resolved) throws Exception {
    Rule asked = policy.rules().get(rule);
    List<InetAddress> addresses = List.of(resolved).stream().map(Samples::address).toList();
    return ways(policy).leads(asked, asked.to().getFirst(), addresses, ALICE);
  }

  @Test
  void aRuleThatAnEarlierOneComesBeforeIsNoWay() throws Exception {
    Policy policy =
        policy(always("first", true, "10.0.4.0/24:22"), always("late", false, "10.0.4.0/25:22"));
    assertThat(found(ways(policy), "10.0.4.5", 22)).containsExactly("first");
    assertThat(leads(policy, 0)).isTrue();
    assertThat(leads(policy, 1)).isFalse();
  }

  @Test
  void aRuleIsAWayWhereTheEarlierOneLeavesSomething() throws Exception {
    Policy source =
        policy(
            from("office", "203.0.113.0/24", "10.0.4.0/24:22"),
            always("all", false, "10.0.4.0/24:22"));
    assertThat(found(ways(source), "10.0.4.5", 22)).containsExactly("office", "all");
    Policy time =
        policy(
            at("work", "mon-fri 08:00-18:00 Europe/Vienna", "10.0.4.0/24:22"),
            always("all", false, "10.0.4.0/24:22"));
    assertThat(found(ways(time), "10.0.4.5", 22)).containsExactly("work", "all");
    Policy port =
        policy(always("ssh", false, "10.0.4.0/24:22"), always("two", false, "10.0.4.0/24:22-23"));
    assertThat(found(ways(port), "10.0.4.5", 22)).containsExactly("ssh");
    assertThat(leads(port, 1)).isTrue();
    Policy half =
        policy(always("half", false, "10.0.4.0/25:22"), always("whole", false, "10.0.4.0/24:22"));
    assertThat(found(ways(half), "10.0.4.5", 22)).containsExactly("half");
    assertThat(leads(half, 1)).isTrue();
  }

  @Test
  void sourceAndTimeThatAreGivenCount() {
    Policy policy =
        policy(
            from("office", "203.0.113.0/24", "10.0.4.0/24:22"),
            at("sunday", "sun 08:00-18:00 UTC", "10.0.4.0/24:22"));
    Ways elsewhere =
        new Ways(
            policy,
            new OwnAddresses(),
            Optional.of(address("198.51.100.7")),
            Optional.of(NOW),
            NOW);
    assertThat(found(elsewhere, "10.0.4.5", 22)).containsExactly("sunday");
    Ways office =
        new Ways(
            policy,
            new OwnAddresses(),
            Optional.of(address("203.0.113.7")),
            Optional.of(NOW.plus(Duration.ofDays(1))),
            NOW);
    assertThat(found(office, "10.0.4.5", 22)).containsExactly("office");
  }

  @Test
  void nobodyIsLedWhereNobodyMayGo() throws Exception {
    Policy policy =
        new Policy(
            networks("10.0.0.0/16"),
            List.of(),
            Set.of(address("10.0.1.10")),
            List.of(
                always("out", false, "192.0.2.0/24:22"),
                always("metadata", false, "169.254.169.254:80"),
                always("self", false, "10.0.1.10:22"),
                always("beside", false, "10.0.1.10/31:22")));
    assertThat(leads(policy, 0)).isFalse();
    assertThat(leads(policy, 1)).isFalse();
    assertThat(leads(policy, 2)).isFalse();
    assertThat(leads(policy, 3)).isTrue();
  }

  @Test
  void aNameLeadsWhereItsAddressesAre() throws Exception {
    Policy policy = policy(always("db", false, "db.internal:5432"));
    assertThat(leads(policy, 0, "10.0.3.15")).isTrue();
    assertThat(leads(policy, 0, "127.0.0.1")).isFalse();
    assertThat(leads(policy, 0)).isFalse();
  }

  /** What the server grants from some source at some time of the next days is found. */
  @Test
  void findsEveryRuleByWhichTheServerGrants() {
    AtomicInteger granted = new AtomicInteger();
    Fuzz.run(
        3_000,
        (fuzz, round) -> {
          List<Rule> rules = new ArrayList<>();
          for (int i = 0; i < 4; i++) {
            rules.add(
                rule(
                    "rule" + i,
                    networks(fuzz.pick(SOURCES), fuzz.pick(SOURCES)),
                    List.of(valid(TimeWindow.parse(fuzz.pick(TIMES)))),
                    fuzz.below(3) == 0,
                    to(fuzz.pick(PLACES), fuzz.pick(PLACES))));
          }
          Policy policy = policy(rules.toArray(Rule[]::new));
          User asking =
              fuzz.below(2) == 0 ? ALICE : ALICE.with(new SecondFactor.Answered("any", ""));
          Instant at = NOW.plusSeconds(fuzz.below((int) Duration.ofDays(7).toSeconds()));
          InetAddress source =
              address(fuzz.pick(List.of("203.0.113.7", "203.0.113.200", "fd00::7", "8.8.8.8")));
          InetAddress address =
              address(fuzz.pick(List.of("10.0.2.5", "10.0.2.200", "10.9.9.9", "fd00:1::5")));
          int port = fuzz.pick(List.of(22, 23, 80, 1024));
          Host host = new Host.Address(address);
          Decision decision =
              new DecisionPoint(policy, new OwnAddresses(), new SystemResolver())
                  .decide(asking, source, at, new Target(host.text(), port));
          if (decision instanceof Decision.Granted(Grant grant)) {
            granted.incrementAndGet();
            String by = grant.candidates().getFirst().rule();
            assertThat(ways(policy).to(new Ways.Spot(host, address, port), ALICE))
                .as("%s %s %s %s", policy.rules(), source, at, address)
                .extracting(Rule::name)
                .contains(by);
            Rule rule = rules.get(by.charAt(by.length() - 1) - '0');
            Destination place =
                rule.to().stream()
                    .filter(to -> to.matches(host, address, port))
                    .findFirst()
                    .orElseThrow();
            assertThat(leads(policy, rule, place)).isTrue();
          }
        });
    assertThat(granted).as("the property is about something").hasPositiveValue();
  }

  private static boolean leads(Policy policy, Rule rule, Destination place) {
    try {
      return ways(policy).leads(rule, place, List.of(), ALICE);
    } catch (SocketException broken) {
      throw new AssertionError(broken);
    }
  }
}
