package dev.sallyport.cli;

import dev.sallyport.audit.AuditSpool;
import dev.sallyport.auth.ConfiguredPlugin;
import dev.sallyport.config.Configuration;
import dev.sallyport.config.ConfigurationError;
import dev.sallyport.connection.HostKeySource;
import dev.sallyport.connection.HostKeys;
import dev.sallyport.connection.ListenTrial;
import dev.sallyport.gateway.inspect.HostAuthority;
import dev.sallyport.gateway.outbound.CredentialSource;
import dev.sallyport.gateway.outbound.Targets;
import dev.sallyport.model.SafeText;
import dev.sallyport.operations.FaultText;
import dev.sallyport.operations.InstalledUnit;
import dev.sallyport.operations.StrictModes;
import dev.sallyport.operations.UnitWarnings;
import dev.sallyport.operations.UserWarnings;
import dev.sallyport.spi.KnownUsers;
import dev.sallyport.support.files.PrivateFiles;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Does what a start does with a configuration as far as that leaves no trace: reads every file that
 * it names and those in its {@code state-dir}, and binds its addresses. Makes and changes no file.
 */
final class StartCheck {
  private static final int ROOT = 0;
  private static final int SHOWN = 1000;
  private static final Path ROOT_FOLDER = Path.of("/");

  private final Configuration configuration;
  private final int self;

  /** The user that the server runs as: the owner of the state folder, where it is there. */
  private final OptionalInt server;

  private final List<ConfigurationError> faults = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  private StartCheck(Configuration configuration) throws IOException {
    this.configuration = configuration;
    this.self = StrictModes.processUser();
    Path stateDir = configuration.stateDir();
    this.server =
        Files.exists(stateDir)
            ? OptionalInt.of((Integer) Files.getAttribute(stateDir, "unix:uid"))
            : OptionalInt.empty();
  }

  /**
   * Looks at everything. Waits for the disk, and for a program that listens on a port of the
   * server.
   *
   * @throws IOException when it cannot be found out who this process is, or whose the state folder
   */
  static StartCheck of(Configuration configuration, List<ConfiguredPlugin> plugins)
      throws IOException {
    StartCheck check = new StartCheck(configuration);
    check.checkStateDir();
    check.checkPrivateFiles();
    check.attempt(
        "targets",
        () -> Targets.checkKnownHosts(configuration.targets(), configuration.stateDir()));
    boolean running = check.isServerRunning();
    for (InetSocketAddress address : configuration.listen()) {
      check.checkListen(address, running);
    }
    plugins.forEach(one -> one.plugin().examine());
    check.warnOfUsers(plugins);
    check.warnOfUnit();
    return check;
  }

  /** What keeps a server from starting, until somebody mends it. */
  List<ConfigurationError> faults() {
    return List.copyOf(faults);
  }

  /** What may pass by itself, or could not be looked at; a sentence each, escaped. */
  List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** Something that a start does. */
  @FunctionalInterface
  private interface Step {
    void run() throws IOException;
  }

  private void attempt(String key, Step step) {
    try {
      step.run();
    } catch (IOException e) {
      report(key, e);
    }
  }

  private void report(String key, IOException fault) {
    String words = SafeText.escape(FaultText.of(fault), SHOWN);
    if (StartFault.exit(fault) == Exit.CONFIGURATION) {
      fault(key, words);
    } else {
      warnings.add(words);
    }
  }

  private void fault(String key, String words) {
    faults.add(
        new ConfigurationError(
            configuration.file(), 0, "sallyport." + key, words, ConfigurationError.Cure.IN_FILE));
  }

  private void checkStateDir() {
    Path stateDir = configuration.stateDir();
    if (!Files.exists(stateDir)) {
      return;
    }
    String shown = SafeText.escape(stateDir.toString(), SHOWN);
    if (!Files.isDirectory(stateDir)) {
      fault("state-dir", shown + " is not a folder: move it away");
    } else if (isReadAsTheServer() && !Files.isWritable(stateDir)) {
      fault("state-dir", shown + " cannot be written to: the server keeps its audit log there");
    }
  }

  /** Another user cannot read the server's keys, and need not. */
  private boolean isReadAsTheServer() {
    return self == ROOT || server.isEmpty() || server.getAsInt() == self;
  }

  private void checkPrivateFiles() {
    if (!isReadAsTheServer()) {
      warnings.add("keys and secrets were not checked: run this as root or the server's user");
      return;
    }
    Path stateDir = configuration.stateDir();
    for (HostKeySource source : configuration.hostKeys()) {
      attempt("host-keys", () -> HostKeys.check(source, stateDir.resolve("host-keys")));
      if (source instanceof HostKeySource.Existing(Path file)) {
        checkReadable("host-keys", file);
      }
    }
    if (Files.exists(HostAuthority.file(stateDir))) {
      attempt("state-dir", () -> HostAuthority.check(stateDir));
    }
    configuration.credentials().forEach(this::checkCredential);
  }

  private void checkCredential(String name, CredentialSource source) {
    String key = "credentials." + SafeText.escape(name, SHOWN);
    attempt(key, () -> Targets.checkCredential(name, source, configuration.stateDir()));
    if (source instanceof CredentialSource.Key(Path file, var passphrase)) {
      checkReadable(key, file);
      if (passphrase.isPresent()
          && passphrase.get() instanceof CredentialSource.Passphrase.InFile(Path in)) {
        checkReadable(key, in);
      }
    }
  }

  /** Root can read what a server that is another user cannot: it must be that user's. */
  private void checkReadable(String key, Path file) {
    if (self != ROOT || (server.isPresent() && server.getAsInt() == ROOT)) {
      return;
    }
    try {
      Path real = file.toRealPath();
      int owner = (Integer) Files.getAttribute(real, "unix:uid");
      if (PrivateFiles.isCredential(real) || (server.isPresent() && owner == server.getAsInt())) {
        return;
      }
      String shown = SafeText.escape(file.toString(), SHOWN);
      String advice =
          ": hand it over with LoadCredential= and name it \"${%s}/%s\""
              .formatted(
                  PrivateFiles.CREDENTIALS_DIRECTORY,
                  SafeText.escape(String.valueOf(real.getFileName()), SHOWN));
      if (server.isPresent()) {
        fault(
            key,
            "%s belongs to the user with number %d, and the server runs as %d, which may not read it%s"
                .formatted(shown, owner, server.getAsInt(), advice));
      } else if (owner == ROOT) {
        warnings.add(
            "only root may read %s, and the systemd unit does not run the server as root%s"
                .formatted(shown, advice));
      }
    } catch (IOException unreadable) {
      // Told when it was read.
    }
  }

  private void warnOfUsers(List<ConfiguredPlugin> plugins) {
    List<KnownUsers> known = plugins.stream().map(one -> one.plugin().users()).toList();
    UserWarnings.of(configuration.groups(), configuration.policy().rules(), known)
        .forEach(this::warn);
  }

  private void warnOfUnit() {
    try {
      InstalledUnit.find(ROOT_FOLDER)
          .ifPresent(unit -> UnitWarnings.of(unit, configuration).forEach(this::warn));
    } catch (IOException e) {
      warn("the systemd unit cannot be read: " + SafeText.escape(FaultText.of(e), SHOWN));
    }
  }

  private void warn(String words) {
    warnings.add(SafeText.escape(configuration.file().toString(), SHOWN) + ": " + words);
  }

  private boolean isServerRunning() {
    try {
      return new AuditSpool(configuration.stateDir().resolve("audit")).isCollected();
    } catch (IOException notForThisUser) {
      return false;
    }
  }

  private void checkListen(InetSocketAddress address, boolean running) {
    attempt(
        "listen",
        () -> {
          switch (ListenTrial.of(address, running)) {
            case FREE, OURS -> {}
            case NOT_ALLOWED ->
                warnings.add(
                    "port %d was not tried: only root can check whether it is free"
                        .formatted(address.getPort()));
          }
        });
  }
}
