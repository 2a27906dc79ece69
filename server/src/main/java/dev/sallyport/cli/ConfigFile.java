package dev.sallyport.cli;

import dev.sallyport.config.Configuration;
import dev.sallyport.config.ConfigurationLoader;
import dev.sallyport.config.Loading;
import dev.sallyport.config.Outside;
import dev.sallyport.model.SafeText;
import dev.sallyport.operations.FaultText;
import dev.sallyport.spi.AuthPluginFactory;
import dev.sallyport.spi.Reporter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToIntFunction;
import picocli.CommandLine.Option;

/** The option {@code --config}, and what every command does with the file. */
public final class ConfigFile {
  private static final int SHOWN = 1000;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The configuration file; ${DEFAULT-VALUE} unless given.")
  private Path file = Configuration.DEFAULT_FILE;

  /** Which file is meant. */
  public Path file() {
    return file;
  }

  /**
   * Loads the file for a command that decides nothing, and goes on with it; its plugins are closed
   * afterwards. When the file is wrong, all its errors go to {@code err}.
   *
   * @return the exit code: of {@code use}, or {@link Exit#CONFIGURATION}
   */
  int with(List<AuthPluginFactory> plugins, PrintWriter err, ToIntFunction<Loading.Loaded> use) {
    return with(plugins, Outside.LEFT, err, use);
  }

  /**
   * As {@link #with(List, PrintWriter, ToIntFunction)}.
   *
   * @return also {@link Exit#NO} when a server cannot start because what the file leaves to a
   *     source outside could not be had: then trying again may help, and systemd does. A command
   *     that gives an answer has none, and does not exit with what scripts take for one
   */
  int with(
      List<AuthPluginFactory> plugins,
      Outside outside,
      PrintWriter err,
      ToIntFunction<Loading.Loaded> use) {
    return with(
        plugins,
        outside,
        (where, what) ->
            err.println(
                "warning: " + SafeText.escape(where, SHOWN) + ": " + SafeText.escape(what, SHOWN)),
        err,
        use);
  }

  /** What to do with what a configuration names. */
  @FunctionalInterface
  interface Use {
    /** Does it, and returns the exit code. */
    int apply(Loading.Loaded loaded) throws IOException;
  }

  /**
   * As {@link #with(List, PrintWriter, ToIntFunction)}, for commands beside the server: what
   * plugins find wrong with their sources is the server's to report, and a file that cannot be read
   * or written goes to {@code err} and is {@link Exit#NO}.
   */
  int beside(List<AuthPluginFactory> plugins, PrintWriter err, Use use) {
    return with(
        plugins,
        (where, what) -> {},
        err,
        loaded -> {
          try {
            return use.apply(loaded);
          } catch (IOException e) {
            err.println("sallyport: " + FaultText.of(e));
            return Exit.NO;
          }
        });
  }

  /**
   * As {@link #with(List, PrintWriter, ToIntFunction)}.
   *
   * @param reporter hears what the plugins find wrong with their sources, as long as they are open
   */
  int with(
      List<AuthPluginFactory> plugins,
      Reporter reporter,
      PrintWriter err,
      ToIntFunction<Loading.Loaded> use) {
    return with(plugins, Outside.LEFT, reporter, err, use);
  }

  /** As the others, with all that can be chosen. */
  int with(
      List<AuthPluginFactory> plugins,
      Outside outside,
      Reporter reporter,
      PrintWriter err,
      ToIntFunction<Loading.Loaded> use) {
    return switch (new ConfigurationLoader(plugins, reporter).load(file, outside)) {
      case Loading.Rejected rejected -> {
        rejected.errors().forEach(err::println);
        yield switch (rejected.cure()) {
          case IN_FILE -> Exit.CONFIGURATION;
          case OUTSIDE -> outside == Outside.AWAITED ? Exit.NO : Exit.CONFIGURATION;
        };
      }
      case Loading.Loaded loaded -> {
        try (loaded) {
          yield use.applyAsInt(loaded);
        }
      }
    };
  }
}
