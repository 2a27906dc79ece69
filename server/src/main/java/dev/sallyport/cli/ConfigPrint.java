package dev.sallyport.cli;

import dev.sallyport.config.ConfigurationPrinter;
import dev.sallyport.spi.AuthPluginFactory;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sallyport config print}. */
@NullUnmarked // picocli fills the fields
@Command(
    name = "print",
    description =
        "Prints what is in effect: every key, written or default, as a file to read back.",
    exitCodeList = {"0:The configuration was printed."},
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class ConfigPrint implements Callable<Integer> {
  private final List<AuthPluginFactory> plugins;

  @Mixin private ConfigFile config;
  @Mixin private JsonOption json;
  @Spec private CommandSpec spec;

  ConfigPrint(List<AuthPluginFactory> plugins) {
    this.plugins = plugins;
  }

  @Override
  public Integer call() {
    return config.with(
        plugins,
        spec.commandLine().getErr(),
        loaded -> {
          PrintWriter out = spec.commandLine().getOut();
          if (json.isGiven()) {
            out.println(ConfigurationPrinter.json(loaded.configuration()));
          } else {
            out.print(ConfigurationPrinter.print(loaded.configuration()));
          }
          out.flush();
          return Exit.OK;
        });
  }
}
