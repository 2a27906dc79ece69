package dev.sallyport.plugins.totp;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * Codes that stand in once for a lost telephone: 60 random bits as {@code abcd-efgh-ijkl}, kept as
 * PBKDF2 hashes under one salt a user, so that a try costs one hash however many there are.
 */
final class RecoveryCodes {
  private static final int COUNT = 10;
  private static final int CHARACTERS = 12;
  private static final int GROUP = 4;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BITS = 256;

  /**
   * Some tens of milliseconds: with 60 random bits there is nothing to guess, the hash only keeps a
   * stolen file from being a list of codes.
   */
  private static final int ITERATIONS = 100_000;

  /**
   * Hashes at a time, of all users: a flood of well-formed tries, by people with keys, takes one
   * processor at most.
   */
  private static final Semaphore HASHING = new Semaphore(1);

  private static final SecureRandom RANDOM = new SecureRandom();

  private RecoveryCodes() {}

  /** In base64. */
  static String newSalt() {
    byte[] salt = new byte[SALT_BYTES];
    RANDOM.nextBytes(salt);
    return Base64.getEncoder().encodeToString(salt);
  }

  static List<String> fresh() {
    List<String> codes = new ArrayList<>();
    while (codes.size() < COUNT) {
      StringBuilder code = new StringBuilder();
      for (int i = 0; i < CHARACTERS; i++) {
        code.append(i > 0 && i % GROUP == 0 ? "-" : "")
            .append(Base32.ALPHABET.charAt(RANDOM.nextInt(Base32.ALPHABET.length())));
      }
      codes.add(code.toString().toLowerCase(Locale.ROOT));
    }
    return codes;
  }

  /** What is hashed of a text that may be a recovery code; nothing of one that cannot be. */
  static Optional<String> normal(String typed) {
    if (typed.length() > 4 * CHARACTERS) {
      return Optional.empty();
    }
    String code = typed.replaceAll("[- ]", "").toUpperCase(Locale.ROOT);
    return code.length() == CHARACTERS
            && code.chars().allMatch(c -> Base32.ALPHABET.indexOf(c) >= 0)
        ? Optional.of(code)
        : Optional.empty();
  }

  /**
   * The slow hash of a code.
   *
   * @param normal as {@link #normal} gives it
   * @param salt in base64
   * @return in base64
   */
  static String hash(String normal, String salt) throws InterruptedException {
    byte[] bytes = Base64.getDecoder().decode(salt);
    HASHING.acquire();
    try {
      return Base64.getEncoder()
          .encodeToString(
              SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                  .generateSecret(
                      new PBEKeySpec(normal.toCharArray(), bytes, ITERATIONS, HASH_BITS))
                  .getEncoded());
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java has PBKDF2", impossible);
    } finally {
      HASHING.release();
    }
  }
}
