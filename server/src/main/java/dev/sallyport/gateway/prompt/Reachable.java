package dev.sallyport.gateway.prompt;

import dev.sallyport.model.SafeText;
import dev.sallyport.model.Terms;
import java.util.List;
import java.util.Set;

/**
 * The destinations that one rule allows a user.
 *
 * @param rule the rule's name, and why it does not apply now, if it does not
 * @param destinations as in the configuration, such as {@code 10.0.2.0/24:22}, {@code
 *     [fd00::/64]:22} and {@code db.internal:8000-8999}, possibly followed by a blank and a
 *     condition
 * @param way how they are reached
 */
public record Reachable(String rule, List<String> destinations, Way way) {
  private static final int SHOWN_RULE = 100;

  /** Longest destination, and longest list of logins, that is shown, in characters. */
  private static final int SHOWN_PLACE = 300;

  public Reachable {
    destinations = List.copyOf(destinations);
  }

  /** How a destination is reached. */
  public sealed interface Way {
    /**
     * In all ways, including the gateway; recorded.
     *
     * @param logins the permitted logins; {@link Terms.Session#ANY_LOGIN} permits all
     */
    record Session(Set<String> logins) implements Way {
      public Session {
        logins = Set.copyOf(logins);
      }
    }

    /**
     * Through the gateway only, because the key may not open forwards; recorded.
     *
     * @param logins as for {@link Session}
     */
    record Gateway(Set<String> logins) implements Way {
      public Gateway {
        logins = Set.copyOf(logins);
      }
    }

    /** With {@code ssh -J} and {@code ssh -L} only, because the bastion has no credential. */
    record Forward() implements Way {}
  }

  /** {@code 10.0.2.0/24:22, db.internal:5432}, escaped and bounded. */
  String shownDestinations() {
    return String.join(
        ", ", destinations.stream().map(one -> SafeText.escape(one, SHOWN_PLACE)).toList());
  }

  /** The name of the rule, escaped and bounded. */
  String shownRule() {
    return SafeText.escape(rule, SHOWN_RULE);
  }

  /** How it is reached, escaped and bounded. */
  String shownWay() {
    return switch (way) {
      case Way.Forward() -> "forwarded only, with ssh -J or ssh -L";
      case Way.Session(Set<String> logins) -> "recorded, as " + shownLogins(logins);
      case Way.Gateway(Set<String> logins) ->
          "recorded, as " + shownLogins(logins) + ", with ssh typed here only";
    };
  }

  private static String shownLogins(Set<String> logins) {
    return logins.contains(Terms.Session.ANY_LOGIN)
        ? "any login"
        : SafeText.escape(String.join(", ", logins.stream().sorted().toList()), SHOWN_PLACE);
  }
}
