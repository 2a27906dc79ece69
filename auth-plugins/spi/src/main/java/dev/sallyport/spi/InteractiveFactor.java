package dev.sallyport.spi;

import java.util.List;

/**
 * A factor that is proven by questions and answers (keyboard-interactive, RFC 4256), such as a
 * one-time password.
 */
public interface InteractiveFactor {
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

    /** The factor is proven. */
    record Passed() implements Step {}

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
