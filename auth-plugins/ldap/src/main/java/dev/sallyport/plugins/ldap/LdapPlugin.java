package dev.sallyport.plugins.ldap;

import dev.sallyport.plugins.asking.Questions;
import dev.sallyport.plugins.openssh.UserName;
import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Verdict;
import java.time.Duration;
import java.util.Optional;

/** Looks the user up in the directory, and the key among those of the user. */
final class LdapPlugin implements AuthPlugin {
  private final Directory directory;
  private final Questions<UserName, Person> questions;
  private final Duration fresh;

  LdapPlugin(Directory directory, Questions<UserName, Person> questions, Duration fresh) {
    this.directory = directory;
    this.questions = questions;
    this.fresh = fresh;
  }

  @Override
  public Verdict publicKey(LoginAttempt attempt, OfferedKey key) throws Exception {
    Optional<UserName> user = UserName.of(attempt.user());
    if (user.isEmpty()) {
      return new Verdict.Unclaimed();
    }
    return switch (questions.ask(user.get(), fresh)) {
      case Person.Stranger _ -> new Verdict.Unclaimed();
      case Person.Known known ->
          known
              .keys()
              .verdict(key, user.get())
              .map(verdict -> withGroups(verdict, known))
              .orElseGet(Verdict.Unclaimed::new);
    };
  }

  private static Verdict withGroups(Verdict verdict, Person.Known known) {
    return switch (verdict) {
      case Verdict.Accepted accepted ->
          new Verdict.Accepted(
              accepted.user(), known.groups(), accepted.label(), accepted.restrictions());
      case Verdict.Refused refused -> refused;
      case Verdict.Unclaimed unclaimed -> unclaimed;
    };
  }

  @Override
  public void close() {
    questions.close();
    directory.close();
  }
}
