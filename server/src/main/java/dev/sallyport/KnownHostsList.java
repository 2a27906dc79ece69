package dev.sallyport;

import dev.sallyport.config.Configuration;
import dev.sallyport.gateway.target.KnownHostsFile;
import dev.sallyport.spi.AuthPluginFactory;
import java.io.IOException;
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
    return config.with(
        plugins,
        (where, what) -> {},
        spec.commandLine().getErr(),
        loaded -> list(loaded.configuration()));
  }

  private int list(Configuration configuration) {
    try {
      KnownHostsFile.remembered(configuration.stateDir())
          .shown()
          .forEach(spec.commandLine().getOut()::println);
      return Exit.OK;
    } catch (IOException e) {
      spec.commandLine().getErr().println("sallyport: " + FaultText.of(e));
      return Exit.NO;
    }
  }
}
