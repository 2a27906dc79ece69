package dev.sallyport.plugins.ldap;

import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.support.keys.KeyList;
import dev.sallyport.support.keys.UserName;
import java.util.Optional;

/**
 * What the directory is asked: is this key the user's? The key is part of it, so that whoever has a
 * list of users and none of their keys is a stranger: what they ask is remembered, waits and takes
 * as long as if nobody had that name.
 */
record Question(UserName user, OfferedKey key) {
  /** The question, unless no entry could have such a name or key. */
  static Optional<Question> of(LoginAttempt attempt, OfferedKey key) {
    return UserName.of(attempt.user())
        .filter(_ -> key.blob().length <= KeyList.LONGEST_KEY)
        .map(user -> new Question(user, key));
  }
}
