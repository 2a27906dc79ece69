package dev.sallyport.auth;

import dev.sallyport.model.SecondFactor;
import dev.sallyport.model.SecondFactor.Attested;
import java.util.Optional;

/**
 * Which users must prove a second factor, and what counts as one.
 *
 * @param demand which users must answer a plugin's questions at the login
 * @param securityKeys what a FIDO key must attest to count as a second factor by itself
 */
public record SecondFactorSettings(Demand demand, SecurityKeys securityKeys) {
  /** A key is enough for all users. */
  public static final SecondFactorSettings NONE =
      new SecondFactorSettings(Demand.OF_NOBODY, SecurityKeys.NEVER);

  /** Which users must prove a second factor at the login. */
  public enum Demand {
    /** None: a key is enough, although rules may demand more. */
    OF_NOBODY,
    /** Users who are enrolled. */
    OF_ENROLLED,
    /** All users; those who are not enrolled cannot log in. */
    OF_EVERYONE
  }

  /** What a FIDO key must attest. */
  public enum SecurityKeys {
    /** A FIDO key never counts as a second factor. */
    NEVER,
    /** It must attest a touch. */
    TOUCH,
    /** It must attest a touch and the verification of the user. */
    VERIFIED
  }

  /** The second factor that a FIDO key's verified signature counts as. */
  public SecondFactor counted(Attested attested) {
    Optional<Attested> least =
        switch (securityKeys) {
          case NEVER -> Optional.empty();
          case TOUCH -> Optional.of(Attested.TOUCH);
          case VERIFIED -> Optional.of(Attested.VERIFIED);
        };
    return least.filter(one -> attested.compareTo(one) >= 0).isPresent()
        ? new SecondFactor.SecurityKey(attested)
        : new SecondFactor.None();
  }
}
