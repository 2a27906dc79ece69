package dev.sallyport.plugins.command;

import dev.sallyport.plugins.asking.Questions;
import dev.sallyport.plugins.asking.Terms;
import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.AuthPluginFactory;
import dev.sallyport.spi.InvalidSettingsException;
import dev.sallyport.spi.PluginSettings;
import dev.sallyport.spi.Reporter;
import dev.sallyport.support.files.Located;
import dev.sallyport.support.files.TrustedPaths;
import dev.sallyport.support.reports.RareReports;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Makes plugins of type {@code command}; its README tells the settings. */
public final class CommandPluginFactory implements AuthPluginFactory {
  private static final String COMMAND = "command";
  private static final String USER = "user";
  private static final String HOME = "home";
  private static final int LARGEST_NUMBER = Integer.MAX_VALUE;

  /** Longer than any program should make a person wait who logs in. */
  private static final Duration LONGEST_TIMEOUT = Duration.ofSeconds(30);

  private final Accounts accounts;
  private final Rights self;

  /** For {@link java.util.ServiceLoader}. */
  public CommandPluginFactory() {
    this(new Accounts(Path.of("/etc/passwd")), Rights.of(Path.of("/proc/self/status")));
  }

  CommandPluginFactory(Accounts accounts, Rights self) {
    this.accounts = accounts;
    this.self = self;
  }

  @Override
  public String type() {
    return "command";
  }

  @Override
  public AuthPlugin open(PluginSettings settings, Reporter reporter)
      throws InvalidSettingsException {
    Optional<String> home = settings.string(HOME);
    if (home.isPresent() && !home.get().matches("/[^%]*%u[^%]*")) {
      settings.fault(
          HOME,
          "must be an absolute path with %u in it, such as /srv/keys/%u: one for all would give"
              + " every user the same keys");
    }
    int number = settings.number("uid", 0, LARGEST_NUMBER, -1);
    Arguments arguments =
        Arguments.parse(
            settings.requiredStrings(COMMAND),
            home,
            number < 0 ? OptionalInt.empty() : OptionalInt.of(number),
            fault -> settings.fault(COMMAND, fault));
    RunAs user =
        RunAs.decide(settings.string(USER), accounts, self, fault -> settings.fault(USER, fault));
    Duration timeout =
        settings.duration(
            "timeout", Duration.ofMillis(100), LONGEST_TIMEOUT, Duration.ofSeconds(5));
    Duration fresh =
        settings.duration("fresh", Duration.ZERO, Duration.ofMinutes(1), Duration.ofSeconds(2));
    Duration recheck =
        settings.duration("recheck", Duration.ZERO, Duration.ofMinutes(10), Duration.ofSeconds(10));
    settings.check();

    KeyProgram program =
        new KeyProgram(
            arguments,
            new Program(user, timeout),
            new TrustedPaths(trusted()),
            reporter,
            new RareReports(reporter, System::nanoTime),
            ZoneId.systemDefault());
    program.whatIsWrong();
    for (String tool : user.prefix()) {
      if (tool.startsWith("/") && !isTrusted(tool)) {
        reporter.problem(
            tool, "is missing or not root's own; without it no key of this plugin can log in");
      }
    }
    Terms terms =
        new Terms(COMMAND, timeout.multipliedBy(2), Duration.ZERO, Duration.ZERO, Duration.ZERO);
    return new CommandPlugin(
        new Questions<>(terms, program, Answer::letsIn, System::nanoTime), fresh, recheck);
  }

  private Set<Integer> trusted() {
    Set<Integer> trusted = new HashSet<>(Set.of(Rights.ROOT));
    self.number().ifPresent(trusted::add);
    return trusted;
  }

  private static boolean isTrusted(String tool) {
    return new TrustedPaths(List.of(Rights.ROOT)).locate(Path.of(tool)) instanceof Located.Found;
  }
}
