package dev.sallyport.auth;

import dev.sallyport.model.SecondFactor;
import dev.sallyport.model.SecondFactor.Attested;
import java.util.Optional;

/**
 * Who must prove a second factor, and what counts as one.
 *
 * @param demand of whom a plugin's questions are demanded at the login
 * @param securityKeys what a FIDO key must attest to count as a second factor by itself
 */
public record SecondFactorSettings(Demand demand, SecurityKeys securityKeys) {
  /** Nobody is asked for anything but a key. */
  public static final SecondFactorSettings NONE =
      new SecondFactorSettings(Demand.OF_NOBODY, SecurityKeys.NEVER);

  /** Of whom a second factor is demanded at the login. */
  public enum Demand {
    /** A key is enough; rules may demand more. */
    OF_NOBODY,
    /** Of those who have one. */
    OF_ENROLLED,
    /** Of everyone; who has none is not let in. */
    OF_EVERYONE
  }

  /** What a FIDO key must attest. */
  public enum SecurityKeys {
    /** It is a key like all others. */
    NEVER,
    /** That it was touched. */
    TOUCH,
    /** That it was touched, and verified who touched it. */
    VERIFIED
  }

  /** What a FIDO key's verified signature proves besides possession. */
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
