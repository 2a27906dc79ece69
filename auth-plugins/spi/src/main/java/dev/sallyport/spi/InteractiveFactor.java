package dev.sallyport.spi;

import java.util.List;
import java.util.Optional;

/**
 * A factor that is proven by questions and answers (keyboard-interactive, RFC 4256), such as a
 * one-time password.
 */
public interface InteractiveFactor {
  /** Whether somebody has this factor. */
  enum Standing {
    /** They have, and can be asked for it. */
    ENROLLED,
    /** They have not. */
    NOT_ENROLLED
  }

  /**
   * Whether a user has this factor. Asked for users whose key is already proven, and changes
   * nothing that {@link #begin} would.
   *
   * @param user the user that the first factor proved; any text at all
   * @throws Exception when that cannot be told; then the user is asked for it, and {@link #begin}
   *     says more
   */
  Standing standing(String user) throws Exception;

  /** How the operator gives this factor to users, where that is the plugin's business. */
  default Optional<Enrolment> enrolment() {
    return Optional.empty();
  }

  /**
   * Begins for a user whose key is already proven. One thread at a time goes through the
   * conversation that follows; it may be given up at any step without a word.
   *
   * @param user the user that the first factor proved
   */
  Step begin(LoginAttempt attempt, String user) throws Exception;

  /** Where the conversation stands. */
  sealed interface Step {
    /**
     * Ask, and go on with the answers.
     *
     * @param instruction shown above the prompts; may be empty
     * @param prompts at most a handful; none at all is a legal round (RFC 4256, section 3.2)
     */
    record Ask(String instruction, List<Prompt> prompts, Continuation next) implements Step {
      public Ask {
        prompts = List.copyOf(prompts);
      }
    }

    /**
     * The factor is proven.
     *
     * @param with what it was proven with, in a few words for the audit log, such as {@code
     *     one-time code}; never the code
     */
    record Passed(String with) implements Step {}

    /**
     * The user has no such factor, so nothing is proven; the server decides whether the login may
     * do without. (A plugin that answered {@link Passed} here would satisfy a rule that demands a
     * second factor.)
     */
    record NotEnrolled() implements Step {}

    /**
     * The factor is not proven; the client may begin again while it has tries left.
     *
     * @param reason for the audit log, never for the client
     */
    record Failed(String reason) implements Step {}
  }

  /**
   * One question.
   *
   * @param echo whether the answer may be shown while it is typed
   */
  record Prompt(String text, boolean echo) {}

  /**
   * What to do with the answers: as many as there were prompts, in their order. They are secrets
   * and any text at all, and must not appear in a log or in what is thrown.
   */
  @FunctionalInterface
  interface Continuation {
    Step answered(List<String> answers) throws Exception;
  }
}
