package dev.sallyport.plugins.totp;

import dev.sallyport.spi.Enrolment;
import dev.sallyport.spi.InteractiveFactor;
import dev.sallyport.spi.LoginAttempt;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Asks for the code of now, or for a recovery code. For all threads; waits for the disk. */
final class TotpFactor implements InteractiveFactor {
  private static final Pattern CODE = Pattern.compile("[0-9]{6}|[0-9]{8}");
  private static final String TOO_MANY = "too many codes were tried";

  private final Store store;
  private final Tries tries;
  private final int drift;
  private final InstantSource clock;
  private final Enrolment enrolment;

  TotpFactor(Store store, Tries tries, int drift, InstantSource clock, Enrolment enrolment) {
    this.store = store;
    this.tries = tries;
    this.drift = drift;
    this.clock = clock;
    this.enrolment = enrolment;
  }

  @Override
  public Standing standing(String user) throws IOException {
    return store.has(user) ? Standing.ENROLLED : Standing.NOT_ENROLLED;
  }

  @Override
  public Optional<Enrolment> enrolment() {
    return Optional.of(enrolment);
  }

  @Override
  public Step begin(LoginAttempt attempt, String user) throws IOException {
    if (!store.has(user)) {
      return new Step.NotEnrolled();
    }
    if (!tries.hasOne(user, attempt.source(), clock.instant())) {
      return new Step.Ask(
          "Too many codes were tried for you. Wait a minute, then log in again.",
          List.of(),
          none -> new Step.Failed(TOO_MANY));
    }
    return new Step.Ask(
        "",
        List.of(new Prompt("One-time code: ", false)),
        answers -> answered(attempt, user, answers));
  }

  private Step answered(LoginAttempt attempt, String user, List<String> answers)
      throws IOException, InterruptedException {
    Instant now = clock.instant();
    // Before the code is looked at: what has no try left learns nothing of it.
    if (!tries.take(user, attempt.source(), now)) {
      return new Step.Failed(TOO_MANY);
    }
    Step step = answers.size() == 1 ? judged(user, answers.getFirst(), now) : wrong();
    if (step instanceof Step.Passed) {
      tries.forgive(user, attempt.source());
    }
    return step;
  }

  private Step judged(String user, String answer, Instant now)
      throws IOException, InterruptedException {
    // People type the gap that their app shows.
    String code = answer.length() > 64 ? "" : answer.replace(" ", "").strip();
    if (CODE.matcher(code).matches()) {
      return store.locked(
          user,
          entry ->
              keep(entry, known -> known.judge(code, Totp.stepAt(now), drift), "one-time code"));
    }
    Optional<String> recovery = RecoveryCodes.normal(code);
    Optional<Enrollee> enrollee = store.read(user);
    if (recovery.isEmpty() || enrollee.isEmpty()) {
      return wrong();
    }
    // Not while the file is locked: it is slow by purpose.
    String salt = enrollee.get().recoverySalt();
    String hash = RecoveryCodes.hash(recovery.get(), salt);
    return store.locked(
        user,
        entry ->
            keep(
                entry,
                known ->
                    known.recoverySalt().equals(salt)
                        ? known.judgeRecovery(hash)
                        : new Enrollee.Judgement.Wrong(),
                "recovery code"));
  }

  private interface Judge {
    Enrollee.Judgement of(Enrollee enrollee);
  }

  /** Whoever passes does so only when it is on disk that the code is used up. */
  private static Step keep(Store.Entry entry, Judge judge, String with) throws IOException {
    Optional<Enrollee> enrollee = entry.read();
    if (enrollee.isEmpty()) {
      return new Step.NotEnrolled();
    }
    return switch (judge.of(enrollee.get())) {
      case Enrollee.Judgement.Wrong() -> wrong();
      case Enrollee.Judgement.Used() -> new Step.Failed("the code was used before");
      case Enrollee.Judgement.Right(Enrollee after) -> {
        entry.write(after);
        yield passed(after, with);
      }
    };
  }

  private static Step passed(Enrollee after, String with) {
    int left = after.recoveryHashes().size();
    return new Step.Passed(with.equals("recovery code") ? with + ", " + left + " are left" : with);
  }

  private static Step wrong() {
    return new Step.Failed("the code is wrong");
  }
}
