package dev.sallyport.gateway.prompt;

import dev.sallyport.model.SafeText;
import dev.sallyport.model.Terms;
import java.util.List;
import java.util.Set;

/**
 * Where one rule leads a user.
 *
 * @param rule its name, and what keeps the user out of it now
 * @param destinations as a configuration has them, such as {@code 10.0.2.0/24:22}, {@code
 *     [fd00::/64]:22} and {@code db.internal:8000-8999}, perhaps with a condition behind a blank
 * @param way how one gets there
 */
public record Reachable(String rule, List<String> destinations, Way way) {
  private static final int SHOWN_RULE = 100;

  /** Longest destination and longest list of logins that are shown. */
  private static final int SHOWN_PLACE = 300;

  public Reachable {
    destinations = List.copyOf(destinations);
  }

  /** How one gets there. */
  public sealed interface Way {
    /**
     * By every way, the gateway among them, and it is recorded.
     *
     * @param logins who may be logged in as; {@link Terms.Session#ANY_LOGIN} among them is anyone
     */
    record Session(Set<String> logins) implements Way {
      public Session {
        logins = Set.copyOf(logins);
      }
    }

    /**
     * By the gateway only, because the key opens no forwards, and it is recorded.
     *
     * @param logins as for {@link Session}
     */
    record Gateway(Set<String> logins) implements Way {
      public Gateway {
        logins = Set.copyOf(logins);
      }
    }

    /** With {@code ssh -J} and {@code ssh -L} only; the bastion has nothing to log in with. */
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

  /** How one gets there, escaped and bounded. */
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
