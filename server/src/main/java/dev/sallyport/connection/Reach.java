package dev.sallyport.connection;

import dev.sallyport.gateway.prompt.PromptUser;
import dev.sallyport.gateway.prompt.Reachable;
import dev.sallyport.model.Terms;
import dev.sallyport.model.User;
import dev.sallyport.policy.Rule;

/** Where the rules lead the user of a connection now, for the gateway to tell. */
final class Reach {
  private Reach() {}

  static PromptUser of(ClientConnection connection) {
    User user = connection.identity().user();
    return new PromptUser(
        user.name(),
        user.groups(),
        connection
            .services()
            .inForce()
            .decisions()
            .rulesFor(
                user,
                connection.facts().source().getAddress(),
                connection.services().clock().instant())
            .stream()
            .map(rule -> of(rule, user))
            .toList());
  }

  private static Reachable of(Rule rule, User user) {
    return new Reachable(
        rule.isContentWith(user) ? rule.name() : rule.name() + ", which demands a second factor",
        rule.to().stream().map(Object::toString).toList(),
        switch (rule.terms()) {
          case Terms.Metadata() -> new Reachable.Way.Forward();
          case Terms.Session session -> new Reachable.Way.Session(session.logins());
        });
  }
}
