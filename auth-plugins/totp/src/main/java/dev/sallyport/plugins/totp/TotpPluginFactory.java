package dev.sallyport.plugins.totp;

import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.AuthPluginFactory;
import dev.sallyport.spi.InteractiveFactor;
import dev.sallyport.spi.InvalidSettingsException;
import dev.sallyport.spi.KnownUsers;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.PluginSettings;
import dev.sallyport.spi.Reporter;
import dev.sallyport.spi.Verdict;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Makes plugins of type {@code totp}; the README tells their settings. */
public final class TotpPluginFactory implements AuthPluginFactory {
  private static final String DIRECTORY = "directory";
  private static final String KEY_FILE = "key-file";

  private final InstantSource clock;

  /**
   * By folder, and older than any plugin: a reload of the configuration must not give whoever
   * guesses all tries anew. There are as many as folders were ever configured.
   */
  private final Map<Path, Tries> tries = new ConcurrentHashMap<>();

  /** For {@link java.util.ServiceLoader}. */
  public TotpPluginFactory() {
    this(InstantSource.system());
  }

  TotpPluginFactory(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public String type() {
    return "totp";
  }

  @Override
  public AuthPlugin open(PluginSettings settings, Reporter reporter)
      throws InvalidSettingsException {
    String directory = settings.requiredString(DIRECTORY);
    Optional<Path> folder =
        directory.isEmpty() ? Optional.empty() : path(DIRECTORY, directory, settings);
    Optional<Path> keyFile =
        settings.string(KEY_FILE).flatMap(text -> path(KEY_FILE, text, settings));
    String issuer = settings.string("issuer").orElse("Sallyport");
    if (!issuer.matches("[ -9;-~]{1,64}")) {
      settings.fault("issuer", "must be 1 to 64 printable ASCII characters without a colon");
    }
    String algorithm = settings.string("algorithm").orElse(Algorithm.SHA1.name());
    Optional<Algorithm> known =
        Arrays.stream(Algorithm.values()).filter(one -> one.name().equals(algorithm)).findFirst();
    if (known.isEmpty()) {
      settings.fault("algorithm", "must be SHA1, SHA256 or SHA512");
    }
    int digits = settings.number("digits", 6, 8, 6);
    if (digits == 7) {
      settings.fault("digits", "must be 6 or 8");
    }
    int drift = settings.number("drift", 0, 10, 1);
    settings.check();
    Store store = new Store(folder.orElseThrow(), keyFile);
    // The operator must hear it before the first user is locked out.
    store
        .obstacles()
        .forEach(why -> reporter.problem(type(), "nobody can pass the second factor: " + why));
    if (store.isUnused()) {
      reporter.problem(
          type(),
          "nobody has a second factor yet: run sallyport second-factor enroll --user <name>");
    }
    var enrolment =
        new TotpEnrolment(store, new Totp(known.orElseThrow(), digits), issuer, drift, clock);
    return new TotpPlugin(
        new TotpFactor(
            store,
            tries.computeIfAbsent(folder.orElseThrow(), _ -> new Tries()),
            drift,
            clock,
            enrolment));
  }

  private static Optional<Path> path(String key, String text, PluginSettings settings) {
    try {
      Path path = Path.of(text);
      if (path.isAbsolute()) {
        return Optional.of(path.normalize());
      }
    } catch (InvalidPathException invalid) {
      // Told below.
    }
    settings.fault(key, "must be an absolute path");
    return Optional.empty();
  }

  /** It knows no key; it has a factor. */
  private record TotpPlugin(TotpFactor factor) implements AuthPlugin {
    @Override
    public Verdict publicKey(LoginAttempt attempt, OfferedKey key) {
      return new Verdict.Unclaimed();
    }

    @Override
    public KnownUsers users() {
      return new KnownUsers(Set.of(), true, false);
    }

    @Override
    public Optional<InteractiveFactor> interactiveFactor() {
      return Optional.of(factor);
    }
  }
}
