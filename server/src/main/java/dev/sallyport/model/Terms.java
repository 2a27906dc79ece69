package dev.sallyport.model;

import java.util.Set;

/** The terms on which a rule grants access: what is recorded, and what else is allowed. */
public sealed interface Terms {
  /** Only metadata is logged ({@code record = metadata}). */
  record Metadata() implements Terms {}

  /**
   * Sessions are recorded ({@code record = session}): the bastion makes its own SSH connection to
   * the target.
   *
   * @param logins the permitted logins on the target; {@link #ANY_LOGIN} permits all
   * @param credential the name of the credential that the bastion logs in with
   * @param inner what is allowed besides sessions
   * @param input what is recorded of users' input
   */
  record Session(Set<String> logins, String credential, Set<Inner> inner, Input input)
      implements Terms {
    /** In {@code logins}: permits every login. */
    public static final String ANY_LOGIN = "*";

    public Session {
      logins = Set.copyOf(logins);
      inner = Set.copyOf(inner);
    }

    /** Whether the login is permitted. */
    public boolean allowsLogin(String login) {
      return logins.contains(ANY_LOGIN) || logins.contains(login);
    }
  }

  /** What is allowed in a recorded connection besides sessions. */
  enum Inner {
    /** Forwards from the target, each of which the rules must allow. */
    FORWARD,
    /** Use of the client's agent by programs on the target. */
    AGENT
  }

  /** What is recorded of users' input. */
  enum Input {
    /** Nothing. */
    NONE,
    /** What the target echoes, so no passwords. */
    ECHOED,
    /** Everything, passwords included. */
    ALL
  }

  /** {@code record = metadata}. */
  Terms METADATA = new Metadata();
}
