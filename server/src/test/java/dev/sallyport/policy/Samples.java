package dev.sallyport.policy;

import dev.sallyport.model.Host;
import dev.sallyport.model.IpText;
import dev.sallyport.model.Parsed;
import dev.sallyport.model.Terms;
import dev.sallyport.model.User;
import dev.sallyport.spi.Cidr;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Short ways to write what policies are made of. */
final class Samples {
  static final User ALICE = new User("alice", Set.of("ops"));
  static final InetAddress SOURCE = address("203.0.113.7");

  /** A Sunday. */
  static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  private Samples() {}

  static InetAddress address(String text) {
    return IpText.parse(text).orElseThrow(() -> new AssertionError(text));
  }

  static <T> T valid(Parsed<T> parsed) {
    return switch (parsed) {
      case Parsed.Valid<T>(T value) -> value;
      case Parsed.Malformed<T>(String reason) -> throw new AssertionError(reason);
    };
  }

  static List<Cidr> networks(String... texts) {
    return Stream.of(texts).map(Cidr::parse).toList();
  }

  static List<Destination> to(String... texts) {
    return Stream.of(texts).map(text -> valid(Destination.parse(text))).toList();
  }

  /** A rule for everyone from anywhere at any time. */
  static Rule rule(String name, String... to) {
    return new Rule(
        name,
        Set.of(Rule.EVERYONE),
        Set.of(),
        Rule.ANYWHERE,
        Rule.ALWAYS,
        to(to),
        false,
        Terms.METADATA);
  }

  /** A policy whose private networks are all there is, and which has no exceptions. */
  static Policy policy(Rule... rules) {
    return new Policy(networks("0.0.0.0/0", "::/0"), List.of(), Set.of(), List.of(rules));
  }

  /** Alice asks for {@code address} as it is. */
  static Request request(String address, int port) {
    return new Request(
        ALICE, SOURCE, NOW, new Host.Address(address(address)), address(address), port);
  }

  /** What the policy says, on a bastion without interfaces. */
  static String outcome(Policy policy, Request request) {
    return outcome(policy.decide(request, Set.of()));
  }

  static String outcome(AddressDecision decision) {
    return switch (decision) {
      case AddressDecision.Allowed(Rule rule) -> rule.name();
      case AddressDecision.Denied denied -> denied.reason().code();
    };
  }
}
