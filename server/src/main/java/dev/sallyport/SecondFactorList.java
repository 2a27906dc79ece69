package dev.sallyport;

import static dev.sallyport.SecondFactorOf.shown;

import dev.sallyport.spi.AuthPluginFactory;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sallyport second-factor list}. */
@NullUnmarked // picocli fills the fields
@Command(
    name = "list",
    description = "Lists the users who have a second factor; no secret is shown.",
    exitCodeList = {
      "0:All users were printed; there may be none.",
      "1:No second factor is configured, or it cannot be read."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class SecondFactorList implements Callable<Integer> {
  private final List<AuthPluginFactory> plugins;

  @Mixin private ConfigFile config;
  @Spec private CommandSpec spec;

  SecondFactorList(List<AuthPluginFactory> plugins) {
    this.plugins = plugins;
  }

  @Override
  public Integer call() {
    return SecondFactorOf.with(
        config,
        plugins,
        spec.commandLine().getErr(),
        second -> {
          second
              .enrolment()
              .enrolled()
              .forEach(one ->
                  spec.commandLine()
                      .getOut()
                      .println(shown(one.user()) + "  " + shown(one.detail())));
          return Exit.OK;
        });
  }
}
