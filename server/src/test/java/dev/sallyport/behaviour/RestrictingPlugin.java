package dev.sallyport.behaviour;

import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.AuthPluginFactory;
import dev.sallyport.spi.InvalidSettingsException;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.PluginSettings;
import dev.sallyport.spi.Reporter;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Verdict;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A plugin as somebody else may write it: gives each user's key the restrictions it was told. */
final class RestrictingPlugin implements AuthPluginFactory {
  private final Map<String, Given> users = new ConcurrentHashMap<>();

  private record Given(OfferedKey key, Restrictions restrictions) {}

  /**
   * @param line the key as ssh-keygen prints it
   */
  void give(String user, String line, Restrictions restrictions) {
    byte[] blob = Base64.getDecoder().decode(line.split(" ")[1]);
    users.put(user, new Given(new OfferedKey(blob), restrictions));
  }

  @Override
  public String type() {
    return "restricting";
  }

  @Override
  public AuthPlugin open(PluginSettings settings, Reporter reporter)
      throws InvalidSettingsException {
    settings.check();
    return this::verdict;
  }

  private Verdict verdict(LoginAttempt attempt, OfferedKey key) {
    Given given = users.get(attempt.user());
    return given != null && given.key().equals(key)
        ? new Verdict.Accepted(attempt.user(), Set.of(), "", given.restrictions())
        : new Verdict.Unclaimed();
  }
}
