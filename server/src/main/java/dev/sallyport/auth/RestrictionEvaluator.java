package dev.sallyport.auth;

import dev.sallyport.model.Denial;
import dev.sallyport.model.SafeText;
import dev.sallyport.spi.Restrictions;
import java.time.Instant;
import java.util.Optional;

/**
 * The one place that applies {@link Restrictions}, whatever they came from, to whatever a user
 * does. FIDO's touch and verification are in the signature itself, so they are checked with it.
 */
public final class RestrictionEvaluator {
  private RestrictionEvaluator() {}

  /** What a user is about to do. */
  public enum Act {
    /** Log in. */
    LOG_IN,
    /** Open a forward. */
    FORWARD,
    /** Open a session channel. */
    SESSION
  }

  /** Why the identity may not do this now, if it may not. */
  public static Optional<Denial> forbids(Identity identity, Act act, Instant now) {
    Restrictions restrictions = identity.restrictions();
    if (restrictions.validBefore().filter(end -> !now.isBefore(end)).isPresent()) {
      return Optional.of(
          denial(
              "the key of " + name(identity) + " expired at " + restrictions.validBefore().get()));
    }
    return switch (act) {
      case FORWARD ->
          restrictions.forwarding()
              ? Optional.empty()
              : Optional.of(denial("the key of " + name(identity) + " may not open forwards"));
      case LOG_IN, SESSION -> Optional.empty();
    };
  }

  private static Denial denial(String text) {
    return new Denial(Denial.Reason.RESTRICTED, text);
  }

  private static String name(Identity identity) {
    return SafeText.escape(identity.user().name(), 64);
  }
}
