package dev.sallyport;

import dev.sallyport.config.Configuration;
import dev.sallyport.config.ConfigurationLoader;
import dev.sallyport.config.Loading;
import dev.sallyport.model.SafeText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sallyport serve}: runs the bastion until SIGTERM or SIGINT. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = "Runs the bastion until SIGTERM or SIGINT, which let open forwards end in peace.")
final class Serve implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(Serve.class);

  /** Longest text of a plugin that is logged. */
  private static final int SHOWN = 1000;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The configuration (default: ${DEFAULT-VALUE}).")
  private Path file = Configuration.DEFAULT_FILE;

  @Override
  public Integer call() throws InterruptedException {
    ConfigurationLoader loader =
        new ConfigurationLoader(ConfigurationLoader.installedPlugins(), Serve::report);
    return switch (loader.load(file)) {
      case Loading.Rejected rejected -> {
        rejected.errors().forEach(error -> System.err.println("sallyport: " + error));
        yield Main.EXIT_CONFIGURATION;
      }
      case Loading.Loaded loaded -> serve(loaded);
    };
  }

  private static int serve(Loading.Loaded loaded) throws InterruptedException {
    Bastion bastion;
    try {
      bastion = new Bastion(loaded, Main.version());
    } catch (IOException e) {
      System.err.println("sallyport: " + e.getMessage());
      return Main.EXIT_FAILURE;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(bastion), "stop"));
    LOG.info("listening on {}", bastion.listening());
    new CountDownLatch(1).await();
    return Main.EXIT_OK;
  }

  /**
   * A JVM that a signal ends exits with 128 and the signal's number; for a daemon told to stop that
   * is success.
   */
  private static void stop(Bastion bastion) {
    LOG.info("stopping");
    bastion.close();
    LOG.info("stopped");
    Runtime.getRuntime().halt(Main.EXIT_OK);
  }

  private static void report(String where, String what) {
    LOG.warn("{}: {}", SafeText.escape(where, SHOWN), SafeText.escape(what, SHOWN));
  }
}
