package dev.sallyport;

import dev.sallyport.config.Outside;
import dev.sallyport.spi.AuthPluginFactory;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sallyport config check}. */
@NullUnmarked // picocli fills the fields
@Command(
    name = "check",
    description = {
      "Reports everything that is wrong with a configuration file.",
      "What the file leaves to a source outside, such as private-networks = \"vpc\", is asked for once; without an",
      "answer that is a warning."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class ConfigCheck implements Callable<Integer> {
  private final List<AuthPluginFactory> plugins;

  @Mixin private ConfigFile config;
  @Spec private CommandSpec spec;

  ConfigCheck(List<AuthPluginFactory> plugins) {
    this.plugins = plugins;
  }

  @Override
  public Integer call() {
    return config.with(
        plugins,
        Outside.TRIED,
        spec.commandLine().getErr(),
        loaded -> {
          spec.commandLine().getOut().println(loaded.configuration().file() + ": is right");
          return Exit.OK;
        });
  }
}
