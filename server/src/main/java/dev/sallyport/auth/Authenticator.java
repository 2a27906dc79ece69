package dev.sallyport.auth;

import dev.sallyport.model.Act;
import dev.sallyport.model.User;
import dev.sallyport.spi.InteractiveFactor;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the plugins, in the order of the configuration; the first that claims the key decides. Safe
 * for all threads; a question may wait for a plugin's source. A plugin that fails refuses.
 */
public final class Authenticator {
  private static final Logger LOG = LoggerFactory.getLogger(Authenticator.class);

  private final List<ConfiguredPlugin> plugins;
  private final Map<String, Set<String>> groups;

  /**
   * @param groups the configuration's groups, each with its users
   */
  public Authenticator(List<ConfiguredPlugin> plugins, Map<String, Set<String>> groups) {
    this.plugins = List.copyOf(plugins);
    this.groups = Map.copyOf(groups);
  }

  /** What the plugins say of a key that is offered; it is not proven yet. */
  public Answer publicKey(LoginAttempt attempt, OfferedKey key) {
    for (ConfiguredPlugin configured : plugins) {
      switch (ask(configured, attempt, key)) {
        case Verdict.Accepted accepted -> {
          return welcome(configured, accepted, attempt);
        }
        case Verdict.Refused(String reason) -> {
          return new Answer.Unwelcome(configured.type(), reason);
        }
        case Verdict.Unclaimed() -> {}
      }
    }
    return new Answer.Unwelcome("", "no plugin knows this key for this user");
  }

  /**
   * The second factor: of the first plugin that has one.
   *
   * @throws IllegalStateException when none has; the configuration is refused then
   */
  public InteractiveFactor interactiveFactor() {
    return plugins.stream()
        .flatMap(configured -> configured.plugin().interactiveFactor().stream())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no plugin has a second factor"));
  }

  private static Verdict ask(ConfiguredPlugin configured, LoginAttempt attempt, OfferedKey key) {
    try {
      return configured.plugin().publicKey(attempt, key);
    } catch (Exception e) {
      LOG.error("plugin {} failed, so the key {} is refused", configured.type(), key, e);
      return new Verdict.Refused("the plugin failed: " + e.getClass().getSimpleName());
    }
  }

  private Answer welcome(
      ConfiguredPlugin configured, Verdict.Accepted accepted, LoginAttempt attempt) {
    var identity =
        new Identity(
            User.of(accepted.user(), accepted.groups(), groups),
            accepted.restrictions(),
            configured.type(),
            accepted.label());
    return RestrictionEvaluator.forbids(identity, attempt.source(), Act.LOG_IN, attempt.at())
        .<Answer>map(denial -> new Answer.Unwelcome(configured.type(), denial.text()))
        .orElseGet(() -> new Answer.Welcome(identity));
  }
}
