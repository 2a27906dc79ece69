package dev.sallyport.plugins.totp;

import dev.sallyport.spi.Enrolment;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Gives users a second factor; for the operator's command. */
final class TotpEnrolment implements Enrolment {
  /** Longer than any name that people are called by, and short enough for a QR code. */
  private static final int LONGEST_NAME = 128;

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Store store;
  private final Totp totp;
  private final String issuer;
  private final int drift;
  private final InstantSource clock;

  /**
   * @param totp of new secrets; those that are there keep their own
   */
  TotpEnrolment(Store store, Totp totp, String issuer, int drift, InstantSource clock) {
    this.store = store;
    this.totp = totp;
    this.issuer = issuer;
    this.drift = drift;
    this.clock = clock;
  }

  @Override
  public List<Enrolled> enrolled() throws IOException {
    return store.all().stream()
        .map(one ->
            new Enrolled(
                one.user(),
                "%d digits, %s, %d recovery codes left"
                    .formatted(
                        one.totp().digits(), one.totp().algorithm(), one.recoveryHashes().size())))
        .toList();
  }

  @Override
  public Draft draft(String user) throws IOException {
    if (user.isBlank() || user.length() > LONGEST_NAME) {
      throw new IllegalArgumentException(
          "a user's name has from 1 to " + LONGEST_NAME + " characters");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(user)
        || user.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("a user's name has no control characters");
    }
    store.prepare();
    byte[] secret = new byte[totp.algorithm().secretBytes()];
    RANDOM.nextBytes(secret);
    return new NewSecret(user, secret);
  }

  @Override
  public Removal remove(String user, Before before) throws IOException {
    if (!store.has(user)) {
      return Removal.NOT_ENROLLED;
    }
    return store.locked(
        user,
        entry -> {
          if (!entry.exists()) {
            return Removal.NOT_ENROLLED;
          }
          before.change();
          entry.remove();
          return Removal.REMOVED;
        });
  }

  private final class NewSecret implements Draft {
    private final String user;
    private final byte[] secret;

    NewSecret(String user, byte[] secret) {
      this.user = user;
      this.secret = secret;
    }

    /**
     * As Google's Key URI Format has it; what is the default is left out, for a smaller picture.
     */
    @Override
    public String uri() {
      String defaults =
          (totp.algorithm() == Algorithm.SHA1 ? "" : "&algorithm=" + totp.algorithm())
              + (totp.digits() == 6 ? "" : "&digits=" + totp.digits());
      return "otpauth://totp/%s:%s?secret=%s&issuer=%s%s"
          .formatted(escaped(issuer), escaped(user), secret(), escaped(issuer), defaults);
    }

    @Override
    public String secret() {
      return Base32.encode(secret);
    }

    @Override
    public Confirmation confirm(String code, Existing existing, Before before)
        throws IOException, InterruptedException {
      Enrollee blank =
          new Enrollee(
              user,
              totp,
              Base64.getEncoder().encodeToString(secret),
              Long.MIN_VALUE,
              RecoveryCodes.newSalt(),
              List.of());
      // The code that confirms is used up with it.
      return switch (blank.judge(code.replace(" ", ""), Totp.stepAt(clock.instant()), drift)) {
        case Enrollee.Judgement.Wrong(), Enrollee.Judgement.Used() -> new Confirmation.WrongCode();
        case Enrollee.Judgement.Right(Enrollee confirmed) -> save(confirmed, existing, before);
      };
    }

    private Confirmation save(Enrollee confirmed, Existing existing, Before before)
        throws IOException, InterruptedException {
      List<String> codes = RecoveryCodes.fresh();
      List<String> hashes = new ArrayList<>();
      for (String code : codes) {
        hashes.add(
            RecoveryCodes.hash(RecoveryCodes.normal(code).orElseThrow(), confirmed.recoverySalt()));
      }
      Enrollee whole =
          new Enrollee(
              user,
              totp,
              confirmed.secret(),
              confirmed.lastStep(),
              confirmed.recoverySalt(),
              hashes);
      return store.locked(
          user,
          entry -> {
            if (existing == Existing.KEEP && entry.exists()) {
              return new Confirmation.AlreadyEnrolled();
            }
            before.change();
            entry.write(whole);
            return new Confirmation.Confirmed(codes);
          });
    }
  }

  private static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
