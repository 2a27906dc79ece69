package dev.sallyport.auth;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Hides how long a failed login took, which would disclose whether the user exists: no failure is
 * answered before a time that depends only on the user name and a secret. As in OpenSSH (auth2.c,
 * ensure_minimum_time_since), it is between 5 and 9.2 ms, doubled until it has not passed yet.
 */
public final class FailureDelay {
  private static final double LEAST_SECONDS = 0.005;
  private static final double SPREAD_SECONDS = 0.0042;

  private final SecretKeySpec secret;

  /** With a new secret. */
  public FailureDelay() {
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    secret = new SecretKeySpec(key, "HmacSHA256");
  }

  /**
   * The time until a failure may be answered.
   *
   * @param begin when the attempt arrived, by {@link System#nanoTime}
   * @param now by the same clock
   * @return nanoseconds to wait from {@code now}
   */
  public long nanosToWait(String user, long begin, long now) {
    double step = LEAST_SECONDS + SPREAD_SECONDS * fraction(user);
    long least = Math.round(step * 1_000_000_000);
    long taken = now - begin;
    while (least < taken) {
      least *= 2;
    }
    return least - taken;
  }

  /** From 0 to 1; constant for each user name during the life of the process, and secret. */
  private double fraction(String user) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(secret);
      byte[] digest = mac.doFinal(user.getBytes(StandardCharsets.UTF_8));
      return ((digest[0] & 0xff) << 8 | (digest[1] & 0xff)) / 65536.0;
    } catch (NoSuchAlgorithmException | InvalidKeyException impossible) {
      throw new IllegalStateException("every Java has HmacSHA256", impossible);
    }
  }
}
