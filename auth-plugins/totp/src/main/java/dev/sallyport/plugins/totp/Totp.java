package dev.sallyport.plugins.totp;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Instant;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * How a code follows from a secret and a time (RFC 6238).
 *
 * @param digits 6 or 8
 */
record Totp(Algorithm algorithm, int digits) {
  /** Seconds that a code stands; many apps know no other (RFC 6238, section 5.2). */
  static final int PERIOD = 30;

  Totp {
    if (digits != 6 && digits != 8) {
      throw new IllegalArgumentException(digits + " digits");
    }
  }

  /** The number of the period that a time is in. */
  static long stepAt(Instant time) {
    return Math.floorDiv(time.getEpochSecond(), PERIOD);
  }

  /** The code of a step (RFC 4226, section 5.3). */
  String code(byte[] secret, long step) {
    byte[] hash;
    try {
      Mac mac = Mac.getInstance(algorithm.mac());
      mac.init(new SecretKeySpec(secret, algorithm.mac()));
      hash = mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(step).array());
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java has " + algorithm.mac(), impossible);
    }
    int offset = hash[hash.length - 1] & 0xf;
    int number = ByteBuffer.wrap(hash, offset, Integer.BYTES).getInt() & 0x7fff_ffff;
    int modulus = digits == 6 ? 1_000_000 : 100_000_000;
    return ("%0" + digits + "d").formatted(number % modulus);
  }
}
