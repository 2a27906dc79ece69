package dev.sallyport.access;

import dev.sallyport.model.Decision;
import dev.sallyport.model.Denial;
import dev.sallyport.model.Grant;
import dev.sallyport.model.SafeText;
import dev.sallyport.model.Target;
import dev.sallyport.model.Terms;
import java.util.Optional;

/** Compares a grant in use with what would be granted now. */
final class StillGranted {
  private static final int SHOWN = 64;

  private StillGranted() {}

  /**
   * Why the grant no longer holds; empty while it holds, even if by another rule.
   *
   * @param now the new decision
   * @param target as it was asked for
   * @param held the terms on which it began
   * @param login the login on the target, once it is known
   * @return a sentence without a full stop; escaped
   */
  static Optional<String> whyNot(Decision now, Target target, Terms held, Optional<String> login) {
    return switch (now) {
      // A user has not lost a right when the bastion could not decide, for example without a free
      // descriptor.
      case Decision.Denied(Denial denial) when denial.reason() == Denial.Reason.LIMIT ->
          Optional.empty();
      case Decision.Denied(Denial denial) -> Optional.of(denial.text());
      case Decision.Granted(Grant grant) when stillGive(grant.terms(), held, login) ->
          Optional.empty();
      case Decision.Granted(Grant grant) ->
          Optional.of(
              target.shown()
                  + " is on other terms now, by rule "
                  + SafeText.escape(grant.candidates().getFirst().rule(), SHOWN));
    };
  }

  /** Whether the new terms allow at least what the old ones did. */
  private static boolean stillGive(Terms now, Terms held, Optional<String> login) {
    return switch (now) {
      case Terms.Metadata() -> held instanceof Terms.Metadata;
      case Terms.Session session ->
          held instanceof Terms.Session before
              && session.credential().equals(before.credential())
              && session.input() == before.input()
              && session.inner().containsAll(before.inner())
              && login.map(session::allowsLogin).orElse(true);
    };
  }
}
