package dev.sallyport.plugins.ldap;

import dev.sallyport.plugins.asking.Questions;
import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.Known;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Verdict;
import dev.sallyport.support.keys.UserName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Looks the user up in the directory, and the key among those of the user. */
final class LdapPlugin implements AuthPlugin {
  private final Directory directory;
  private final Questions<Question, Verdict> questions;
  private final Duration fresh;

  LdapPlugin(Directory directory, Questions<Question, Verdict> questions, Duration fresh) {
    this.directory = directory;
    this.questions = questions;
    this.fresh = fresh;
  }

  @Override
  public Verdict publicKey(LoginAttempt attempt, OfferedKey key) throws Exception {
    Optional<Question> question = Question.of(attempt, key);
    return question.isEmpty() ? new Verdict.Unclaimed() : questions.ask(question.get(), fresh);
  }

  @Override
  public List<Known> known(LoginAttempt attempt) throws Exception {
    Optional<UserName> user = UserName.of(attempt.user());
    return user.isPresent()
        ? directory.known(user.get())
        : List.of(new Known.Fact("no entry can be of a user of this name"));
  }

  @Override
  public void close() {
    questions.close();
    directory.close();
  }
}
