package dev.sallyport.config;

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
import java.util.concurrent.atomic.AtomicInteger;

/** Plugins that know nobody, and count how many of them are open. */
public final class TestPlugins {
  private final AtomicInteger open = new AtomicInteger();

  /**
   * {@code authorized-keys} with what the reference shows of it, {@code one-time-password} with a
   * second factor, and {@code broken}, which fails to start.
   */
  public List<AuthPluginFactory> factories() {
    return List.of(
        new Factory("authorized-keys", Optional.empty()),
        new Factory("one-time-password", Optional.of(new NeverPassed())),
        new Broken());
  }

  /** How many plugins are open now. */
  public int open() {
    return open.get();
  }

  /** Tells nobody. */
  public static Reporter silent() {
    return (where, what) -> {};
  }

  private final class Factory implements AuthPluginFactory {
    private final String type;
    private final Optional<InteractiveFactor> factor;

    Factory(String type, Optional<InteractiveFactor> factor) {
      this.type = type;
      this.factor = factor;
    }

    @Override
    public String type() {
      return type;
    }

    @Override
    public AuthPlugin open(PluginSettings settings, Reporter reporter)
        throws InvalidSettingsException {
      if (settings.requiredStrings("files").contains("relative")) {
        settings.fault("files", "must be absolute: \u001b[31mrelative");
      }
      settings.strings("revoked");
      settings.string("comment");
      settings.check();
      open.incrementAndGet();
      return new Plugin(factor);
    }
  }

  private final class Plugin implements AuthPlugin {
    private final Optional<InteractiveFactor> factor;

    Plugin(Optional<InteractiveFactor> factor) {
      this.factor = factor;
    }

    @Override
    public Verdict publicKey(LoginAttempt attempt, OfferedKey key) {
      return new Verdict.Unclaimed();
    }

    @Override
    public Optional<InteractiveFactor> interactiveFactor() {
      return factor;
    }

    @Override
    public void close() {
      open.decrementAndGet();
    }
  }

  private static final class Broken implements AuthPluginFactory {
    @Override
    public String type() {
      return "broken";
    }

    @Override
    public AuthPlugin open(PluginSettings settings, Reporter reporter) {
      throw new IllegalStateException("no directory");
    }
  }

  private static final class NeverPassed implements InteractiveFactor {
    @Override
    public Standing standing(String user) {
      return Standing.ENROLLED;
    }

    @Override
    public Step begin(LoginAttempt attempt, String user) {
      return new Step.Failed("nobody passes");
    }
  }
}
