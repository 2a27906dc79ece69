package dev.sallyport.spi;

import java.time.Instant;
import java.util.Optional;

/**
 * What a key, certificate or directory entry demands of those who use it. The server applies it, in
 * one place, after possession is proven. A plugin that meets a restriction it cannot put in here
 * must answer {@link Verdict.Refused}: a restriction that is dropped is a hole.
 *
 * @param forwarding whether forwards may be opened at all
 * @param validBefore when the right to log in ends; none means that it does not end by itself
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
}
