package dev.sallyport.plugins.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Which user the program runs as. */
sealed interface RunAs {
  /** The server's own. */
  record Itself() implements RunAs {}

  /**
   * Another, without any group but its own and without a way to more rights.
   *
   * @param root whether the server is root, and so has a bounding set to give up
   */
  record Another(Accounts.Account account, boolean root) implements RunAs {}

  /** What goes before the program, by absolute path: the two are part of util-linux. */
  static final String NEW_SESSION = "/usr/bin/setsid";

  static final String SET_RIGHTS = "/usr/bin/setpriv";

  /** Decides, or tells why it cannot be. */
  static RunAs decide(
      Optional<String> name, Accounts accounts, Rights self, Consumer<String> fault) {
    if (name.isEmpty()) {
      if (self.user() == Rights.ROOT) {
        fault.accept(
            "is missing: Sallyport runs as root, and a program that says who may log in must not;"
                + " name an account that has nothing else to do (useradd --system keys)");
      }
      return new Itself();
    }
    Optional<Accounts.Account> account = accounts.find(name.get());
    if (account.isEmpty()) {
      fault.accept("\"" + name.get() + "\" is not an account in /etc/passwd");
      return new Itself();
    }
    if (account.get().user() == Rights.ROOT) {
      fault.accept("must not be root: name an account that has nothing else to do");
      return new Itself();
    }
    if (account.get().user() == self.user()) {
      return new Itself();
    }
    if (!self.mayChangeUser()) {
      fault.accept(
          "\""
              + name.get()
              + "\" is not the user that Sallyport runs as, and Sallyport has no right to run a"
              + " program as somebody else; leave it out and have the program ask a service that"
              + " runs as that user, or give the server CAP_SETUID, CAP_SETGID and CAP_KILL (the"
              + " plugin's README shows both)");
    }
    return new Another(account.get(), self.user() == Rights.ROOT);
  }

  /** What to put before the program's vector. */
  default List<String> prefix() {
    return switch (this) {
      case Itself _ -> List.of(NEW_SESSION);
      case Another(Accounts.Account account, boolean root) -> {
        List<String> prefix = new ArrayList<>();
        prefix.add(NEW_SESSION);
        prefix.add(SET_RIGHTS);
        prefix.add("--reuid=" + account.user());
        prefix.add("--regid=" + account.group());
        prefix.add("--clear-groups");
        prefix.add("--no-new-privs");
        prefix.add("--inh-caps=-all");
        prefix.add("--ambient-caps=-all");
        if (root) {
          prefix.add("--bounding-set=-all");
        }
        yield prefix;
      }
    };
  }
}
