package dev.sallyport.auth;

import dev.sallyport.spi.InteractiveFactor;

/** The second factor that users are asked for. For all threads. */
public final class ConfiguredFactor {
  private final String plugin;
  private final InteractiveFactor factor;
  private final LoginQuestions questions = new LoginQuestions();

  /**
   * @param plugin the type of its plugin
   */
  public ConfiguredFactor(String plugin, InteractiveFactor factor) {
    this.plugin = plugin;
    this.factor = factor;
  }

  /** A question of a login. */
  @FunctionalInterface
  public interface Question<T> {
    /** Asks the factor; may wait. */
    T ask(InteractiveFactor factor) throws Exception;
  }

  /** The type of its plugin. */
  public String plugin() {
    return plugin;
  }

  /** The factor, for calls that do not belong to a login. */
  public InteractiveFactor factor() {
    return factor;
  }

  /**
   * Asks at a login, on the calling thread.
   *
   * @throws Exception when the plugin cannot answer, or too many logins wait for it
   */
  public <T> T ask(Question<T> question) throws Exception {
    return questions.ask(() -> question.ask(factor));
  }
}
