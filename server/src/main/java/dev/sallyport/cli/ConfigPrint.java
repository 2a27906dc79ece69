package dev.sallyport.cli;

import dev.sallyport.config.ConfigurationPrinter;
import dev.sallyport.spi.AuthPluginFactory;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sallyport config print}. */
@NullUnmarked // picocli fills the fields
@Command(
    name = "print",
    description =
        "Prints what is in effect: every key, written or default, as a file to read back.",
    exitCodeList = {"0:The configuration was printed."})
final class ConfigPrint extends ConfigCommand {
  @Mixin private JsonOption json;

  ConfigPrint(List<AuthPluginFactory> plugins) {
    super(plugins);
  }

  @Override
  public Integer call() {
    return config.with(
        plugins,
        err(),
        loaded -> {
          PrintWriter out = out();
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
