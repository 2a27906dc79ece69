package dev.sallyport.plugins.certificates;

import dev.sallyport.support.keys.UserName;
import java.util.Map;
import java.util.Set;

/** Which principals are a user, as sshd's AuthorizedPrincipalsFile says it. */
sealed interface Users {
  /** Of whom a certificate must name one to be this user; none when nobody is. */
  Set<String> principalsOf(UserName user);

  /** The principal of the same name. */
  record SameName() implements Users {
    @Override
    public Set<String> principalsOf(UserName user) {
      return Set.of(user.text());
    }
  }

  /** Those that the configuration lists; who is not listed cannot log in. */
  record Listed(Map<String, Set<String>> principals) implements Users {
    public Listed {
      principals = Map.copyOf(principals);
    }

    @Override
    public Set<String> principalsOf(UserName user) {
      return principals.getOrDefault(user.text(), Set.of());
    }
  }
}
