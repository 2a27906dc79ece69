package dev.sallyport.cli;

import dev.sallyport.config.ConfigurationError;
import dev.sallyport.config.ConfigurationLoader;
import dev.sallyport.config.StateDir;
import dev.sallyport.operations.ControlClient;
import dev.sallyport.operations.FaultText;
import dev.sallyport.operations.ReloadAnswer;
import dev.sallyport.operations.ReloadText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sallyport reload}. */
@NullUnmarked // picocli fills the fields
@Command(
    name = "reload",
    description = {
      "Has the server that runs read its configuration again, as SIGHUP does, and prints its"
          + " answer.",
      "Only what the new file forbids is ended. A wrong file changes nothing. The server reads"
          + " the file that it was",
      "started with: --config names the file you expect and finds the server; if the server uses"
          + " another file, nothing is read."
    },
    exitCodeList = {
      "0:The new configuration is in effect.",
      "1:No server answered, it reads another file, or it could not read what the file names.",
      "78:The server rejected the file; the previous configuration stays in effect."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class ReloadCommand implements Callable<Integer> {
  /**
   * What took effect, as {@code --json} prints it.
   *
   * @param changed keys
   * @param needRestart keys that count from the next start on
   */
  private record Reloaded(
      String file, List<String> changed, List<String> needRestart, List<String> warnings) {}

  @Mixin private ConfigFile config;
  @Mixin private JsonOption json;

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      description =
          "Where the server keeps its state; what the configuration file says unless given.")
  private Path stateDir;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    if (stateDir != null) {
      boolean named = spec.commandLine().getParseResult().hasMatchedOption("--config");
      return ask(stateDir, named ? Optional.of(config.file()) : Optional.empty());
    }
    // The file may be wrong in everything else: then it is the server's to say so.
    return switch (ConfigurationLoader.stateDir(config.file())) {
      case StateDir.Found(Path found) -> ask(found, Optional.of(config.file()));
      case StateDir.Unreadable(List<ConfigurationError> errors) -> {
        errors.forEach(err::println);
        err.println(
            "sallyport: the server was not asked, because the file's state-dir cannot be read;"
                + " nothing was reloaded");
        yield Exit.CONFIGURATION;
      }
    };
  }

  private int ask(Path where, Optional<Path> meant) {
    PrintWriter err = spec.commandLine().getErr();
    try {
      return switch (ControlClient.reload(where, meant)) {
        case ReloadAnswer.Reloaded(var file, var changed, var needRestart, var warnings) -> {
          PrintWriter out = spec.commandLine().getOut();
          warnings.forEach(warning -> err.println("warning: " + warning));
          if (json.isGiven()) {
            out.println(Json.line(new Reloaded(file, changed, needRestart, warnings)));
          } else {
            out.println(ReloadText.of(file, changed));
            needRestart.forEach(key -> out.println(ReloadText.needsRestart(key)));
          }
          yield Exit.OK;
        }
        case ReloadAnswer.Rejected(List<String> errors) -> {
          errors.forEach(err::println);
          yield Exit.CONFIGURATION;
        }
        case ReloadAnswer.Failed(String fault) -> {
          err.println("sallyport: not reloaded: " + fault);
          yield Exit.NO;
        }
        case ReloadAnswer.OtherFile(String file) -> {
          err.println(
              "sallyport: nothing was reloaded: the server of %1$s reads %2$s, and not %3$s; run sallyport reload --config %2$s, or start a server with the other"
                  .formatted(where, file, meant.map(Path::toString).orElse("")));
          yield Exit.NO;
        }
      };
    } catch (IOException e) {
      err.println("sallyport: " + FaultText.of(e));
      return Exit.NO;
    }
  }
}
