package dev.sallyport;

import dev.sallyport.config.Configuration;
import dev.sallyport.config.ConfigurationLoader;
import dev.sallyport.config.Loading;
import dev.sallyport.review.AuditFollow;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sallyport audit}: reads the audit log. */
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    description = "Reads the audit log.",
    subcommands = AuditCommand.Follow.class)
final class AuditCommand {
  /** {@code sallyport audit follow}. */
  @Command(
      name = "follow",
      mixinStandardHelpOptions = true,
      description = "Shows each audit event as one line while it happens.")
  static final class Follow implements Callable<Integer> {
    @Option(
        names = "--config",
        paramLabel = "FILE",
        description = "The configuration (default: ${DEFAULT-VALUE}).")
    private Path file = Configuration.DEFAULT_FILE;

    @Option(names = "--from-start", description = "Begin with the oldest event that is kept.")
    private boolean fromStart;

    @Override
    public Integer call() throws IOException {
      ConfigurationLoader loader =
          new ConfigurationLoader(ConfigurationLoader.installedPlugins(), (where, what) -> {});
      return switch (loader.load(file)) {
        case Loading.Rejected rejected -> {
          rejected.errors().forEach(error -> System.err.println("sallyport: " + error));
          yield Main.EXIT_CONFIGURATION;
        }
        case Loading.Loaded loaded -> {
          loaded.close();
          follow(loaded.configuration().stateDir().resolve("audit"));
          yield Main.EXIT_OK;
        }
      };
    }

    /** Until nobody reads any more, or a signal comes. */
    private void follow(Path directory) throws IOException {
      new AuditFollow(directory, System.out, ZoneId.systemDefault())
          .run(
              fromStart ? AuditFollow.Start.BEGINNING : AuditFollow.Start.NOW,
              System.out::checkError);
    }
  }
}
