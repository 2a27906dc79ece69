package dev.sallyport.spi;

import java.io.IOException;
import java.util.List;

/**
 * How an operator gives users an {@link InteractiveFactor} and takes it away. Used by a command, in
 * a process of its own beside the server's, and often as root: what it writes, the server's user
 * must be able to read. What is thrown has a message that says what to do.
 */
public interface Enrolment {
  /**
   * One user who has the factor.
   *
   * @param detail what the operator may want to know of it, in a few words; no secret
   */
  record Enrolled(String user, String detail) {}

  /** Everyone who has the factor, by name. */
  List<Enrolled> enrolled() throws Exception;

  /**
   * Makes a new secret, and keeps nothing yet.
   *
   * @throws IllegalArgumentException when nobody of that name can be enrolled; the message says why
   */
  Draft draft(String user) throws Exception;

  /**
   * Takes the factor away.
   *
   * @param before called when there is one to take away; when it throws, it stays
   */
  Removal remove(String user, Before before) throws Exception;

  /** What must be done before anything is changed: a word in the audit log. */
  @FunctionalInterface
  interface Before {
    /** Does it, or throws, and then nothing is changed. */
    void change() throws IOException;
  }

  /** What became of {@link #remove}. */
  enum Removal {
    /** It is gone. */
    REMOVED,
    /** There was nothing to take away. */
    NOT_ENROLLED
  }

  /** A secret that nobody has confirmed yet. */
  interface Draft {
    /** What an app on the user's telephone scans, such as {@code otpauth://totp/…}; a secret. */
    String uri();

    /** The same to be typed in where nothing can be scanned; a secret. */
    String secret();

    /**
     * Keeps the secret, durably, if the user's first code shows that it has arrived.
     *
     * @param code as the user typed it
     * @param before called when the code is right and nothing else is in the way; when it throws,
     *     nothing is kept
     */
    Confirmation confirm(String code, Existing existing, Before before) throws Exception;
  }

  /** What to do with the factor that a user has already. */
  enum Existing {
    /** It stays, and the draft is not kept. */
    KEEP,
    /** The draft takes its place. */
    REPLACE
  }

  /** What became of {@link Draft#confirm}. */
  sealed interface Confirmation {
    /**
     * The user has the factor from now on.
     *
     * @param recoveryCodes each of which stands in once for the factor; shown once, never kept as
     *     they are
     */
    record Confirmed(List<String> recoveryCodes) implements Confirmation {
      public Confirmed {
        recoveryCodes = List.copyOf(recoveryCodes);
      }
    }

    /** The code is not of this secret and this time; another may be tried. */
    record WrongCode() implements Confirmation {}

    /** The user has the factor already. */
    record AlreadyEnrolled() implements Confirmation {}
  }
}
