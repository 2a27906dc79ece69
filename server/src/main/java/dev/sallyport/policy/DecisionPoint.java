package dev.sallyport.policy;

import dev.sallyport.model.Decision;
import dev.sallyport.model.Denial;
import dev.sallyport.model.Denial.Reason;
import dev.sallyport.model.Grant;
import dev.sallyport.model.Host;
import dev.sallyport.model.Parsed;
import dev.sallyport.model.Target;
import dev.sallyport.model.Terms;
import dev.sallyport.model.User;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides on every request to reach a target (a policy decision point, RFC 2753): parses the host,
 * resolves it once, and decides on each address. Safe for all threads; {@link #decide} may wait for
 * a name to be resolved.
 */
public final class DecisionPoint {
  private final Policy policy;
  private final OwnAddresses ownAddresses;
  private final Lookups lookups;

  /**
   * @param resolver called at most once for a decision
   */
  public DecisionPoint(Policy policy, OwnAddresses ownAddresses, Resolver resolver) {
    this(policy, ownAddresses, new Lookups(resolver, Lookups.Bounds.DEFAULT));
  }

  DecisionPoint(Policy policy, OwnAddresses ownAddresses, Lookups lookups) {
    this.policy = policy;
    this.ownAddresses = ownAddresses;
    this.lookups = lookups;
  }

  /**
   * Whether {@code user} may reach {@code target} now. The text of a denial names what the user
   * asked for, and never what it resolved to, which would disclose internal addresses.
   *
   * @param source the client's address
   * @param at now
   */
  public Decision decide(User user, InetAddress source, Instant at, Target target) {
    return explain(user, source, at, target).decision();
  }

  /**
   * Evaluates a grant in use: as {@link #decide}, but with the address that was dialled, and
   * without resolving the name again. Never waits.
   *
   * @param target as it was asked for
   * @param dialled one of its addresses
   */
  public Decision decideAgain(
      User user, InetAddress source, Instant at, Target target, InetAddress dialled) {
    return switch (Host.parse(target.host())) {
      case Parsed.Malformed<Host>(String reason) ->
          new Decision.Denied(new Denial(Reason.MALFORMED_TARGET, target.shown() + " " + reason));
      case Parsed.Valid<Host>(Host host) ->
          decide(user, source, at, target, host, List.of(dialled)).decision();
    };
  }

  /** The same with another policy. The limits for name lookups are shared. */
  public DecisionPoint with(Policy other) {
    return new DecisionPoint(other, ownAddresses, lookups);
  }

  /** The rules that match this caller now, from top to bottom, whatever the destination. */
  public List<Rule> rulesFor(User user, InetAddress source, Instant at) {
    return policy.rules().stream()
        .filter(rule -> rule.matchCaller(user, source, at) == Rule.Match.MATCHES)
        .toList();
  }

  /** As {@link #decide}, with the reasons. */
  public Explanation explain(User user, InetAddress source, Instant at, Target target) {
    if (target.port() < Ports.MIN || target.port() > Ports.MAX) {
      return denied(
          Reason.MALFORMED_TARGET,
          target.shown() + " has no port between " + Ports.MIN + " and " + Ports.MAX);
    }
    return switch (Host.parse(target.host())) {
      case Parsed.Malformed<Host>(String reason) ->
          denied(Reason.MALFORMED_TARGET, "the host of " + target.shown() + " " + reason);
      case Parsed.Valid<Host>(Host.Address host) ->
          decide(user, source, at, target, host, List.of(host.address()));
      case Parsed.Valid<Host>(Host.Name host) -> resolveAndDecide(user, source, at, target, host);
    };
  }

  private Explanation resolveAndDecide(
      User user, InetAddress source, Instant at, Target target, Host.Name host) {
    Optional<Reason> never = policy.whyNever(user, source, at, host, (int) target.port());
    if (never.isPresent()) {
      return denied(never.get(), DenialText.of(never.get(), false, target, user));
    }
    return switch (lookups.resolve(host, user.name())) {
      case Lookups.Result.Failed(String reason) ->
          denied(Reason.UNRESOLVED, target.shown() + " " + reason);
      case Lookups.Result.Found(List<InetAddress> addresses) ->
          decide(user, source, at, target, host, addresses);
    };
  }

  private Explanation decide(
      User user,
      InetAddress source,
      Instant at,
      Target target,
      Host host,
      List<InetAddress> addresses) {
    Set<InetAddress> own;
    try {
      own = ownAddresses.addresses();
    } catch (SocketException broken) {
      return denied(
          Reason.LIMIT,
          target.shown() + " cannot be checked: the bastion cannot read its own addresses");
    }
    List<Explanation.Entry> entries = new ArrayList<>();
    List<Grant.Candidate> candidates = new ArrayList<>();
    Optional<Terms> terms = Optional.empty();
    for (InetAddress address : addresses) {
      Request request = new Request(user, source, at, host, address, (int) target.port());
      AddressDecision decision = policy.decide(request, own);
      entries.add(new Explanation.Entry(request, decision));
      // A grant has one set of terms: that of the first address. Addresses whose rules have other
      // terms are not tried.
      if (decision instanceof AddressDecision.Allowed(Rule rule)
          && terms.orElse(rule.terms()).equals(rule.terms())) {
        terms = Optional.of(rule.terms());
        candidates.add(
            new Grant.Candidate(new InetSocketAddress(address, (int) target.port()), rule.name()));
      }
    }
    return new Explanation(
        terms
            .<Decision>map(kept -> new Decision.Granted(new Grant(target, candidates, kept)))
            .orElseGet(() -> DenialText.mostTelling(entries, target, user)),
        entries);
  }

  private static Explanation denied(Reason reason, String text) {
    return new Explanation(new Decision.Denied(new Denial(reason, text)), List.of());
  }
}
