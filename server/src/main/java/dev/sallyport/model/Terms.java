package dev.sallyport.model;

import java.util.Set;

/** On which terms a rule lets a user through: what is kept, and what comes with that. */
public sealed interface Terms {
  /** Who, where, when and how much ({@code record = metadata}). */
  record Metadata() implements Terms {}

  /**
   * Everything ({@code record = session}): the SSH connection to the target is the bastion's own.
   *
   * @param logins who may be logged in as on the target; {@link #ANY_LOGIN} among them is anyone
   * @param credential the name of what the bastion logs in with
   * @param inner what is allowed besides sessions
   * @param input what is kept of what users type
   */
  record Session(Set<String> logins, String credential, Set<Inner> inner, Input input)
      implements Terms {
    /** In {@code logins}: every login. */
    public static final String ANY_LOGIN = "*";

    public Session {
      logins = Set.copyOf(logins);
      inner = Set.copyOf(inner);
    }

    /** Whether {@code login} may be logged in as. */
    public boolean allowsLogin(String login) {
      return logins.contains(ANY_LOGIN) || logins.contains(login);
    }
  }

  /** What a recorded connection may do besides sessions. */
  enum Inner {
    /** Forwards from the target on, each decided by the rules. */
    FORWARD,
    /** The client's agent, for programs on the target. */
    AGENT
  }

  /** What is kept of what users type. */
  enum Input {
    /** Nothing. */
    NONE,
    /** What the target echoes, so no password. */
    ECHOED,
    /** Everything, passwords included. */
    ALL
  }

  /** {@code record = metadata}. */
  Terms METADATA = new Metadata();
}
