package dev.sallyport.cli;

import dev.sallyport.audit.DiskUsage;
import dev.sallyport.audit.DiskWatch;
import dev.sallyport.config.Configuration;
import dev.sallyport.config.ConfigurationError;
import dev.sallyport.config.Loading;
import dev.sallyport.config.Outside;
import dev.sallyport.operations.FaultText;
import dev.sallyport.operations.StrictModes;
import dev.sallyport.spi.AuthPluginFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sallyport config check}. */
@NullUnmarked // picocli fills the fields
@Command(
    name = "check",
    description = {
      "Reports everything that is wrong with a configuration file, and all that a server could not"
          + " start with:",
      "reads every file that it names, each user's keys too, looks at its state-dir, and tries its"
          + " addresses.",
      "Run it as root or the server's user.",
      "What the file leaves to a source outside, such as private-networks = \"vpc\", is asked for"
          + " once; without an",
      "answer that is a warning."
    },
    exitCodeList = {
      "0:A server can start with this file; warnings do not count.",
      "78:A server cannot start with this file."
    })
final class ConfigCheck extends ConfigCommand {
  private static final String WARNING = "warning: ";

  @Mixin private JsonOption json;

  ConfigCheck(List<AuthPluginFactory> plugins) {
    super(plugins);
  }

  @Override
  public Integer call() {
    if (!json.isGiven()) {
      return check(err());
    }
    StringWriter found = new StringWriter();
    int exit = check(new PrintWriter(found, true));
    PrintWriter out = out();
    found.toString().lines().forEach(line -> out.println(Json.line(Finding.of(line))));
    return exit;
  }

  /**
   * What is found, as {@code --json} prints it.
   *
   * @param level {@code error} or {@code warning}
   */
  private record Finding(String level, String text) {
    static Finding of(String line) {
      return line.startsWith(WARNING)
          ? new Finding("warning", line.substring(WARNING.length()))
          : new Finding("error", line);
    }
  }

  private int check(PrintWriter err) {
    return config.with(plugins, Outside.TRIED, err, loaded -> check(loaded, err));
  }

  private int check(Loading.Loaded loaded, PrintWriter err) {
    Configuration configuration = loaded.configuration();
    try {
      List<ConfigurationError> open = StrictModes.ofOwner(configuration);
      if (!open.isEmpty()) {
        open.forEach(err::println);
        return Exit.CONFIGURATION;
      }
      StrictModes.ofAnother(configuration.stateDir())
          .ifPresent(told -> err.println(WARNING + told));
      StartCheck start = StartCheck.of(configuration, loaded.plugins());
      start.warnings().forEach(told -> err.println(WARNING + told));
      if (!start.faults().isEmpty()) {
        start.faults().forEach(err::println);
        return Exit.CONFIGURATION;
      }
    } catch (IOException e) {
      err.println("warning: the state folder cannot be checked: " + FaultText.of(e));
    }
    DiskWatch.oneOfEach(configuration.written())
        .forEach(path -> warnOfFullDisk(path, configuration.audit().diskWarning(), err));
    if (!json.isGiven()) {
      out().println(configuration.file() + ": no errors");
    }
    return Exit.OK;
  }

  private static void warnOfFullDisk(Path path, int limit, PrintWriter err) {
    try {
      DiskUsage usage = DiskUsage.of(path);
      if (usage.percent() >= limit) {
        err.println(WARNING + DiskWatch.text(path, usage));
      }
    } catch (IOException e) {
      err.println("warning: cannot find out how full the disk is: " + FaultText.of(e));
    }
  }
}
