package dev.sallyport;

import dev.sallyport.cli.ConfigFile;
import dev.sallyport.cli.Exit;
import dev.sallyport.cli.StartFault;
import dev.sallyport.cli.Version;
import dev.sallyport.config.ConfigurationError;
import dev.sallyport.config.ConfigurationLoader;
import dev.sallyport.config.Loading;
import dev.sallyport.config.Outside;
import dev.sallyport.model.SafeText;
import dev.sallyport.operations.FaultText;
import dev.sallyport.operations.ReloadAnswer;
import dev.sallyport.operations.ServiceManager;
import dev.sallyport.operations.StrictModes;
import dev.sallyport.policy.Resolver;
import dev.sallyport.spi.AuthPluginFactory;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jline.utils.Signals;
import org.jspecify.annotations.NullUnmarked;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sallyport serve}. */
@NullUnmarked // picocli fills the fields
@Command(
    name = "serve",
    description = {
      "Runs the bastion until SIGTERM or SIGINT; open forwards may end in peace then.",
      "SIGHUP has it read its configuration again, as 'sallyport reload' does."
    },
    exitCodeList = {
      "0:A signal ended it.",
      "1:It did not start; a later attempt may succeed, and systemd makes one.",
      "78:It did not start, and cannot until the file or what it names is changed."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class Serve implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(Serve.class);
  private static final int SHOWN = 1000;

  private final List<AuthPluginFactory> plugins;
  private final Resolver resolver;
  private ServiceManager manager = ServiceManager.none();
  private final CompletableFuture<Bastion> started = new CompletableFuture<>();

  @Mixin private ConfigFile config;
  @Spec private CommandSpec spec;

  Serve(List<AuthPluginFactory> plugins, Resolver resolver) {
    this.plugins = plugins;
    this.resolver = resolver;
  }

  @Override
  public Integer call() {
    manager = ServiceManager.of(System.getenv());
    // Before the file is read, so that a change is not missed; through a library, because the JDK's
    // own way is not for programs to compile against.
    if (Signals.register("HUP", this::reload) == null) {
      LOG.warn("SIGHUP does not reload here; sallyport reload does");
    }
    return switch (new ConfigurationLoader(plugins, Serve::report)
        .load(config.file(), Outside.AWAITED)) {
      case Loading.Rejected rejected ->
          notStarted(
              switch (rejected.cure()) {
                case IN_FILE -> Exit.CONFIGURATION;
                case OUTSIDE -> Exit.NO;
              },
              rejected.errors().stream().map(ConfigurationError::toString).toList());
      case Loading.Loaded loaded -> {
        try (loaded) {
          yield serve(loaded);
        }
      }
    };
  }

  private int serve(Loading.Loaded loaded) {
    Bastion bastion;
    try {
      List<ConfigurationError> open = StrictModes.ofServer(loaded.configuration());
      if (!open.isEmpty()) {
        return notStarted(
            Exit.CONFIGURATION, open.stream().map(ConfigurationError::toString).toList());
      }
      bastion =
          new Bastion(
              new ConfigurationLoader(plugins, Serve::report),
              loaded,
              resolver,
              Version.number(),
              InstantSource.system(),
              manager);
    } catch (IOException e) {
      return notStarted(StartFault.exit(e), List.of("sallyport: " + FaultText.of(e)));
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(bastion), "stop"));
    LOG.info("nothing outside {} is dialled", loaded.configuration().policy().privateNetworks());
    LOG.info("listening on {}", bastion.listeningOn());
    manager.ready("listening on " + bastion.listeningOn());
    started.complete(bastion);
    awaitSignal();
    return Exit.OK;
  }

  /** Says why to the operator, and to the service manager, which shows it in its status. */
  private int notStarted(int exit, List<String> why) {
    why.forEach(spec.commandLine().getErr()::println);
    String more = why.size() > 1 ? " (and %d more)".formatted(why.size() - 1) : "";
    manager.failed("not started: " + why.getFirst() + more);
    return exit;
  }

  /** When the server is up; the answer is in the log. */
  private void reload() {
    CompletableFuture<ReloadAnswer> _ =
        started
            .thenCompose(Bastion::reload)
            .exceptionally(bug -> {
              LOG.error("a reload failed inside the bastion", bug);
              return new ReloadAnswer.Failed(SafeText.escape(bug.toString(), SHOWN));
            });
  }

  /** For ever: a signal starts the shutdown hook, which ends the process. */
  private static void awaitSignal() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * A JVM that a signal ends exits with 128 and the signal; for a daemon told to stop it is
   * success.
   */
  private void stop(Bastion bastion) {
    LOG.info("stopping");
    manager.stopping("open forwards may end until stop-timeout");
    bastion.close();
    LOG.info("stopped");
    Runtime.getRuntime().halt(Exit.OK);
  }

  private static void report(String where, String what) {
    LOG.warn("{}: {}", SafeText.escape(where, SHOWN), SafeText.escape(what, SHOWN));
  }
}
