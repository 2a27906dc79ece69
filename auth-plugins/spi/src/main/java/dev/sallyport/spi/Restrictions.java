package dev.sallyport.spi;

import java.time.Instant;
import java.util.Optional;

/**
 * What a key, certificate or directory entry demands of those who use it. The server applies it, in
 * one place, after possession is proven. A plugin that meets a restriction it cannot put in here
 * must answer {@link Verdict.Refused}: a restriction that is dropped is a hole.
 *
 * <p>Plugins begin with {@link #NONE} and narrow it with the {@code with…} methods, never with the
 * constructor: there will be more components.
 *
 * @param forwarding whether forwards may be opened at all
 * @param validBefore from when on nobody may log in; none means that the right does not end by
 *     itself
 * @param touchRequired for FIDO keys: the signature must attest that the key was touched
 * @param verifyRequired for FIDO keys: the signature must attest that the person was verified (PIN,
 *     fingerprint)
 */
public record Restrictions(
    boolean forwarding,
    Optional<Instant> validBefore,
    boolean touchRequired,
    boolean verifyRequired) {
  /** What OpenSSH does for a key line without options. */
  public static final Restrictions NONE = new Restrictions(true, Optional.empty(), true, false);

  /** The same with forwards allowed or not. */
  public Restrictions withForwarding(boolean allowed) {
    return new Restrictions(allowed, validBefore, touchRequired, verifyRequired);
  }

  /** The same, ending then or when it ends already, whichever comes first. */
  public Restrictions withValidBefore(Instant end) {
    Instant earlier = validBefore.filter(end::isAfter).orElse(end);
    return new Restrictions(forwarding, Optional.of(earlier), touchRequired, verifyRequired);
  }

  /** The same with touch demanded or not. */
  public Restrictions withTouchRequired(boolean required) {
    return new Restrictions(forwarding, validBefore, required, verifyRequired);
  }

  /** The same with verification of the person demanded or not. */
  public Restrictions withVerifyRequired(boolean required) {
    return new Restrictions(forwarding, validBefore, touchRequired, required);
  }
}
