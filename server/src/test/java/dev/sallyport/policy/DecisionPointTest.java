package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.Decision;
import dev.sallyport.model.Denial;
import dev.sallyport.model.Denial.Reason;
import dev.sallyport.model.Grant;
import dev.sallyport.model.Host;
import dev.sallyport.model.Target;
import dev.sallyport.model.Terms;
import dev.sallyport.model.User;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecisionPointTest {
  private static final Policy POLICY =
      new Policy(
          Samples.networks("10.0.0.0/16", "fd00:1::/64"),
          List.of(),
          Set.of(),
          List.of(
              Samples.rule("ssh", "10.0.2.0/24:22", "[fd00:1::/64]:22"),
              Samples.rule("db", "db.internal:5432"),
              Samples.rule("wide", "10.1.0.0/16:22")));

  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

  @Test
  void grantsAnAddressAsItIs() {
    assertThat(decide("10.0.2.5", 22))
        .isEqualTo(
            new Decision.Granted(
                new Grant(
                    new Target("10.0.2.5", 22),
                    List.of(
                        new Grant.Candidate(
                            new InetSocketAddress(Samples.address("10.0.2.5"), 22), "ssh")),
                    Terms.METADATA)));
    assertThat(asked).isEmpty();
  }

  @Test
  void resolvesANameOnceAndGrantsOnlyItsAllowedAddresses() {
    Decision decision =
        decide(
            "Web.internal.",
            22,
            Map.of(
                "web.internal", "10.0.2.5 169.254.169.254 10.0.9.9 10.0.2.6 fd00:1::5 fd00:2::5"));
    assertThat(decision)
        .isInstanceOfSatisfying(
            Decision.Granted.class,
            granted ->
                assertThat(granted.grant().candidates())
                    .extracting(one -> one.address().getAddress().getHostAddress())
                    .containsExactly("fd00:1:0:0:0:0:0:5", "10.0.2.5", "10.0.2.6"));
    assertThat(asked).containsExactly("web.internal");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10.9.9.9 | 22 | NO_RULE | 10.9.9.9:22 is in no rule for alice",
        "10.0.2.5 | 23 | NO_RULE | 10.0.2.5:23 is in no rule for alice",
        "10.1.2.3 | 22 | NOT_PRIVATE | 10.1.2.3:22 is not in private-networks",
        "169.254.169.254 | 80 | METADATA_SERVICE"
            + " | 169.254.169.254:80 is the cloud's metadata service and is never reached",
        "fd00:ec2::254 | 80 | METADATA_SERVICE"
            + " | [fd00:ec2::254]:80 is the cloud's metadata service and is never reached",
        "127.0.0.1 | 22 | LOOPBACK | 127.0.0.1:22 is a loopback address and is never reached",
        "64:ff9b::7f00:1 | 22 | LOOPBACK"
            + " | [64:ff9b::7f00:1]:22 carries a loopback address and is never reached",
        "0.0.0.0 | 22 | UNSPECIFIED | 0.0.0.0:22 is an unspecified address and is never reached",
        "fe80::1 | 22 | LINK_LOCAL | [fe80::1]:22 is a link-local address and is never reached",
        "224.0.0.1 | 22 | MULTICAST | 224.0.0.1:22 is a multicast address and is never reached",
        "255.255.255.255 | 22 | BROADCAST"
            + " | 255.255.255.255:22 is the broadcast address and is never reached",
        "10.0.2.5 | 0 | MALFORMED_TARGET | 10.0.2.5:0 has no port between 1 and 65535",
        "10.0.2.5 | 70000 | MALFORMED_TARGET | 10.0.2.5:70000 has no port between 1 and 65535",
        "10.0.2.5 | 4294967295 | MALFORMED_TARGET"
            + " | 10.0.2.5:4294967295 has no port between 1 and 65535",
        "10.0.2.5 | 4294967318 | MALFORMED_TARGET"
            + " | 10.0.2.5:4294967318 has no port between 1 and 65535",
        "'' | 22 | MALFORMED_TARGET | the host of :22 is empty",
      })
  void saysWhyNot(String host, long port, Reason reason, String text) {
    assertThat(decide(host, port)).isEqualTo(new Decision.Denied(new Denial(reason, text)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.1", "0x7f.1", "2130706433", "10.0.2.5\n", "a\u0000b", "\u001b[2J"})
  void neverResolvesWhatIsNoNameAndEscapesIt(String host) {
    assertThat(decide(host, 22))
        .isInstanceOfSatisfying(
            Decision.Denied.class,
            denied -> {
              assertThat(denied.denial().reason()).isEqualTo(Reason.MALFORMED_TARGET);
              assertThat(denied.denial().text()).matches("[ -~]+");
            });
    assertThat(asked).isEmpty();
  }

  @Test
  void boundsTheTextOfAHugeHost() {
    assertThat(decide("a".repeat(65536), 22))
        .isInstanceOfSatisfying(
            Decision.Denied.class,
            denied -> assertThat(denied.denial().text()).hasSizeLessThan(500));
  }

  @Test
  void escapesTheNameOfTheUser() {
    User user = new User("al\u001bice\n", Set.of());
    Decision decision =
        point(Map.of()).decide(user, Samples.SOURCE, Samples.NOW, new Target("10.9.9.9", 22));
    assertThat(decision)
        .isEqualTo(
            new Decision.Denied(
                new Denial(Reason.NO_RULE, "10.9.9.9:22 is in no rule for al\\u001bice\\u000a")));
  }

  @Test
  void doesNotResolveANameThatNoRuleCouldAllow() {
    Policy names = Samples.policy(Samples.rule("db", "db.internal:5432"));
    String secret = "secret.internal";
    Map<String, String> answers = Map.of(secret, "10.0.0.1", "db.internal", "10.0.0.2");
    assertThat(text(names, Samples.ALICE, secret, 5432, answers))
        .isEqualTo("secret.internal:5432 is in no rule for alice");
    assertThat(text(names, Samples.ALICE, "db.internal", 22, answers))
        .isEqualTo("db.internal:22 is in no rule for alice");
    assertThat(text(POLICY, Samples.ALICE, secret, 5432, answers))
        .as("the networks of the rules are on another port")
        .isEqualTo("secret.internal:5432 is in no rule for alice");
    Rule others =
        new Rule(
            "others",
            Set.of("bob"),
            Set.of(),
            Rule.ANYWHERE,
            Rule.ALWAYS,
            Samples.to("10.0.0.0/8:22", "secret.internal:22"),
            false,
            Terms.METADATA);
    assertThat(text(Samples.policy(others), Samples.ALICE, secret, 22, answers))
        .isEqualTo("secret.internal:22 is in no rule for alice");
    Rule mfa =
        new Rule(
            "mfa",
            Set.of("alice"),
            Set.of(),
            Rule.ANYWHERE,
            Rule.ALWAYS,
            Samples.to("10.0.0.0/8:22"),
            true,
            Terms.METADATA);
    assertThat(text(Samples.policy(mfa), Samples.ALICE, secret, 22, answers))
        .as("denied as well without a look at the name")
        .startsWith("secret.internal:22 demands a second factor, and this login had none");
    assertThat(asked).isEmpty();
  }

  @Test
  void aNameThatDoesNotResolveSaysSo() {
    assertThat(decide("nowhere.internal", 22))
        .isEqualTo(
            new Decision.Denied(
                new Denial(Reason.UNRESOLVED, "nowhere.internal:22 does not resolve")));
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1 10.0.9.9 10.1.2.3, NOT_PRIVATE, web:22 is not in private-networks",
    "127.0.0.1 10.0.9.9, NO_RULE, web:22 is in no rule for alice",
    "127.0.0.1, LOOPBACK, web:22 is a loopback address and is never reached",
  })
  void saysOfANameTheReasonNearestToAYesAndNoAddress(String answer, Reason reason, String text) {
    assertThat(decide("web", 22, Map.of("web", answer)))
        .isEqualTo(new Decision.Denied(new Denial(reason, text)));
  }

  @Test
  void explainsEveryAddress() {
    Explanation explanation =
        point(Map.of("web", "10.0.2.5 127.0.0.1"))
            .explain(Samples.ALICE, Samples.SOURCE, Samples.NOW, new Target("web", 22));
    assertThat(explanation.addresses())
        .extracting(entry -> Samples.outcome(entry.decision()))
        .containsExactly("ssh", "loopback");
    assertThat(explanation.decision()).isInstanceOf(Decision.Granted.class);
  }

  @Test
  void asksAgainForEveryDecision() {
    DecisionPoint point = point(Map.of("web", "10.0.2.5"));
    for (int i = 0; i < 3; i++) {
      point.decide(Samples.ALICE, Samples.SOURCE, Samples.NOW, new Target("web", 22));
    }
    assertThat(asked).hasSize(3);
  }

  private String text(
      Policy policy, User user, String host, int port, Map<String, String> answers) {
    return switch (point(policy, answers)
        .decide(user, Samples.SOURCE, Samples.NOW, new Target(host, port))) {
      case Decision.Denied(Denial denial) -> denial.text();
      case Decision.Granted granted -> granted.toString();
    };
  }

  private Decision decide(String host, long port) {
    return decide(host, port, Map.of());
  }

  private Decision decide(String host, long port, Map<String, String> answers) {
    return point(answers)
        .decide(Samples.ALICE, Samples.SOURCE, Samples.NOW, new Target(host, port));
  }

  private DecisionPoint point(Map<String, String> answers) {
    return point(POLICY, answers);
  }

  private DecisionPoint point(Policy policy, Map<String, String> answers) {
    return new DecisionPoint(policy, new OwnAddresses(), name -> answer(name, answers));
  }

  private List<InetAddress> answer(Host.Name name, Map<String, String> answers)
      throws UnknownHostException {
    asked.add(name.name());
    String answer = answers.get(name.name());
    if (answer == null) {
      throw new UnknownHostException(name.name());
    }
    return Stream.of(answer.split(" ")).map(Samples::address).toList();
  }
}
