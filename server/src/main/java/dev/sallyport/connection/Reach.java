package dev.sallyport.connection;

import dev.sallyport.auth.Identity;
import dev.sallyport.auth.Place;
import dev.sallyport.auth.RestrictionEvaluator;
import dev.sallyport.gateway.prompt.PromptUser;
import dev.sallyport.gateway.prompt.Reachable;
import dev.sallyport.model.Act;
import dev.sallyport.model.Terms;
import dev.sallyport.model.User;
import dev.sallyport.policy.DecisionPoint;
import dev.sallyport.policy.Rule;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The destinations that a connection's login may reach now, for the gateway to show: those that the
 * rules allow and the key's restrictions do not forbid.
 */
record Reach(Identity identity, List<List<Place>> permitted, InetAddress source, Instant now) {
  static PromptUser of(Identity identity, InetAddress source, Instant now, DecisionPoint rules) {
    Reach reach = new Reach(identity, RestrictionEvaluator.permitted(identity), source, now);
    User user = identity.user();
    return new PromptUser(
        user.name(),
        user.groups(),
        rules.rulesFor(user, source, now).stream()
            .flatMap(rule -> reach.by(rule).stream())
            .toList(),
        RestrictionEvaluator.narrowing(identity));
  }

  private Optional<Reachable> by(Rule rule) {
    List<Place> places = RestrictionEvaluator.narrow(permitted, rule.to());
    return places.isEmpty()
        ? Optional.empty()
        : way(rule.terms())
            .map(way ->
                new Reachable(
                    rule.isContentWith(identity.user())
                        ? rule.name()
                        : rule.name() + ", which demands a second factor",
                    places.stream().map(Place::toString).toList(),
                    way));
  }

  private Optional<Reachable.Way> way(Terms terms) {
    boolean forwards = may(Act.FORWARD, terms);
    return switch (terms) {
      case Terms.Metadata() ->
          forwards ? Optional.of(new Reachable.Way.Forward()) : Optional.empty();
      case Terms.Session session when forwards ->
          Optional.of(new Reachable.Way.Session(session.logins()));
      case Terms.Session session ->
          may(Act.SESSION, terms)
              ? Optional.of(new Reachable.Way.Gateway(session.logins()))
              : Optional.empty();
    };
  }

  private boolean may(Act act, Terms terms) {
    return RestrictionEvaluator.forbids(identity, source, act, now)
        .or(() -> RestrictionEvaluator.forbids(identity, act, terms))
        .isEmpty();
  }
}
