package dev.sallyport.behaviour;

import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.AuthPluginFactory;
import dev.sallyport.spi.InteractiveFactor;
import dev.sallyport.spi.InvalidSettingsException;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.PluginSettings;
import dev.sallyport.spi.Reporter;
import dev.sallyport.spi.Verdict;
import java.util.List;
import java.util.Optional;

/** A second factor with one code for everybody but mallory, who has none. */
final class CodePlugin implements AuthPluginFactory {
  static final String CODE = "314159";

  @Override
  public String type() {
    return "code";
  }

  @Override
  public AuthPlugin open(PluginSettings settings, Reporter reporter)
      throws InvalidSettingsException {
    settings.check();
    return new AuthPlugin() {
      @Override
      public Verdict publicKey(LoginAttempt attempt, OfferedKey key) {
        return new Verdict.Unclaimed();
      }

      @Override
      public Optional<InteractiveFactor> interactiveFactor() {
        return Optional.of(new OneCode());
      }
    };
  }

  private static final class OneCode implements InteractiveFactor {
    @Override
    public Standing standing(String user) {
      return user.equals("mallory") ? Standing.NOT_ENROLLED : Standing.ENROLLED;
    }

    @Override
    public Step begin(LoginAttempt attempt, String user) {
      if (standing(user) == Standing.NOT_ENROLLED) {
        return new Step.NotEnrolled();
      }
      return new Step.Ask(
          "",
          List.of(new Prompt("Code: ", false)),
          answers ->
              answers.equals(List.of(CODE))
                  ? new Step.Passed("the code")
                  : new Step.Failed("the code is wrong"));
    }
  }
}
