package dev.sallyport.plugins.command;

import dev.sallyport.plugins.asking.CannotTellException;
import dev.sallyport.plugins.asking.Questions;
import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.KnownUsers;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Verdict;
import dev.sallyport.support.keys.KeyList;
import dev.sallyport.support.keys.UserName;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Has a program say which keys a user has. A program that ends with an error says at a login that
 * it knows nobody, as with sshd; of a login that is live it does not say that it was revoked.
 */
final class CommandPlugin implements AuthPlugin {
  private final Questions<Question, Answer> questions;
  private final Duration fresh;
  private final Duration recheck;

  CommandPlugin(Questions<Question, Answer> questions, Duration fresh, Duration recheck) {
    this.questions = questions;
    this.fresh = fresh;
    this.recheck = recheck;
  }

  @Override
  public Verdict publicKey(LoginAttempt attempt, OfferedKey key) throws Exception {
    Optional<Question> question = question(attempt, key);
    if (question.isEmpty()) {
      return new Verdict.Unclaimed();
    }
    return switch (questions.ask(question.get(), fresh)) {
      case Answer.Said(Verdict verdict) -> verdict;
      case Answer.Declined _ -> new Verdict.Unclaimed();
    };
  }

  @Override
  public KnownUsers users() {
    return new KnownUsers(Set.of(), false, false);
  }

  @Override
  public Verdict recheck(LoginAttempt attempt, OfferedKey key) throws Exception {
    Optional<Question> question = question(attempt, key);
    if (question.isEmpty()) {
      return new Verdict.Unclaimed();
    }
    return switch (questions.ask(question.get(), recheck)) {
      case Answer.Said(Verdict verdict) -> verdict;
      case Answer.Declined(String how) -> throw new CannotTellException("the program " + how);
    };
  }

  /** As sshd, which decodes a key before it runs the program with what is in it. */
  private static Optional<Question> question(LoginAttempt attempt, OfferedKey key) {
    return UserName.of(attempt.user())
        .filter(_ -> KeyList.canHave(key))
        .map(user -> new Question(user, key));
  }

  @Override
  public void close() {
    questions.close();
  }
}
