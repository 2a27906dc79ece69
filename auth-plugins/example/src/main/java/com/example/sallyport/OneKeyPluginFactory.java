package com.example.sallyport;

import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.AuthPluginFactory;
import dev.sallyport.spi.InvalidSettingsException;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.PluginSettings;
import dev.sallyport.spi.Reporter;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Verdict;
import java.util.Set;

/** Lets one user in with one key: the one in the safe, for when everything else is down. */
public final class OneKeyPluginFactory implements AuthPluginFactory {
  @Override
  public String type() {
    return "one-key";
  }

  @Override
  public AuthPlugin open(PluginSettings settings, Reporter reporter)
      throws InvalidSettingsException {
    String user = settings.requiredString("user");
    String fingerprint = settings.requiredString("fingerprint");
    if (!fingerprint.isEmpty() && !fingerprint.matches("SHA256:[A-Za-z0-9+/]{43}")) {
      settings.fault("fingerprint", "must be as ssh-keygen -l prints it: SHA256:…");
    }
    settings.check();
    return new OneKeyPlugin(user, fingerprint);
  }

  private record OneKeyPlugin(String user, String fingerprint) implements AuthPlugin {
    @Override
    public Verdict publicKey(LoginAttempt attempt, OfferedKey key) {
      if (!attempt.user().equals(user) || !key.fingerprint().equals(fingerprint)) {
        return new Verdict.Unclaimed();
      }
      return new Verdict.Accepted(
          user, Set.of("emergency"), "the key in the safe", Restrictions.NONE);
    }
  }
}
