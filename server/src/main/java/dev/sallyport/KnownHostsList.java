package dev.sallyport;

import dev.sallyport.gateway.target.KnownHostsFile;
import dev.sallyport.spi.AuthPluginFactory;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sallyport known-hosts list}. */
@NullUnmarked // picocli fills the fields
@Command(
    name = "list",
    description = "Lists the host keys of targets that the server remembers (accept-new).",
    exitCodeList = {
      "0:All keys were printed; there may be none.",
      "1:The file cannot be read."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class KnownHostsList implements Callable<Integer> {
  private final List<AuthPluginFactory> plugins;

  @Mixin private ConfigFile config;
  @Spec private CommandSpec spec;

  KnownHostsList(List<AuthPluginFactory> plugins) {
    this.plugins = plugins;
  }

  @Override
  public Integer call() {
    return config.beside(
        plugins,
        spec.commandLine().getErr(),
        loaded -> {
          KnownHostsFile.remembered(loaded.configuration().stateDir())
              .shown()
              .forEach(spec.commandLine().getOut()::println);
          return Exit.OK;
        });
  }
}
