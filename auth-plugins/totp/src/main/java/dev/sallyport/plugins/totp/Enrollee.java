package dev.sallyport.plugins.totp;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * What is kept of a user who has a second factor; most of it is secret, so it never prints.
 *
 * @param secret in base64
 * @param lastStep codes of this step and of those before it are used up
 * @param recoverySalt in base64
 * @param recoveryHashes of the codes that are left, in base64
 */
record Enrollee(
    String user,
    Totp totp,
    String secret,
    long lastStep,
    String recoverySalt,
    List<String> recoveryHashes) {
  Enrollee {
    recoveryHashes = List.copyOf(recoveryHashes);
  }

  /** What a code is worth. */
  sealed interface Judgement {
    /** It passes; {@code after} is to be kept before anybody hears so. */
    record Right(Enrollee after) implements Judgement {}

    /** It was right, and it or a later one was used. */
    record Used() implements Judgement {}

    /** It is of no step that counts now. */
    record Wrong() implements Judgement {}
  }

  /**
   * Judges a one-time code. All codes of the window are computed and compared in full, whatever is
   * found: the time it takes tells nothing.
   *
   * @param now the step of now
   * @param drift how many steps before and after it count too (RFC 6238, section 6)
   */
  Judgement judge(String code, long now, int drift) {
    byte[] key = Base64.getDecoder().decode(secret);
    Optional<Long> matching = Optional.empty();
    for (long step = now - drift; step <= now + drift; step++) {
      if (same(totp.code(key, step), code)) {
        // Of equal codes in one window the latest: the others are then used up with it.
        matching = Optional.of(step);
      }
    }
    return matching
        .map(step -> step > lastStep ? new Judgement.Right(usedUpTo(step)) : new Judgement.Used())
        .orElseGet(Judgement.Wrong::new);
  }

  /**
   * Judges a recovery code.
   *
   * @param hash under {@link #recoverySalt}, in base64
   */
  Judgement judgeRecovery(String hash) {
    List<String> left = recoveryHashes.stream().filter(known -> !same(known, hash)).toList();
    return left.size() == recoveryHashes.size()
        ? new Judgement.Wrong()
        : new Judgement.Right(new Enrollee(user, totp, secret, lastStep, recoverySalt, left));
  }

  private Enrollee usedUpTo(long step) {
    return new Enrollee(user, totp, secret, step, recoverySalt, recoveryHashes);
  }

  /** In a time that does not tell how much of it is the same. */
  private static boolean same(String right, String typed) {
    return MessageDigest.isEqual(
        right.getBytes(StandardCharsets.UTF_8), typed.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "a second factor";
  }
}
