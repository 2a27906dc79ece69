package dev.sallyport.cli;

import dev.sallyport.gateway.outbound.UserCa;
import dev.sallyport.spi.AuthPluginFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sallyport user-ca show}. */
@NullUnmarked // picocli fills the fields
@Command(
    name = "show",
    description = {
      "Prints the public key that signs the certificates of credentials with type = ca.",
      "On a target, put the line into a file, and the file's name behind TrustedUserCAKeys in"
          + " sshd_config."
    },
    exitCodeList = {"0:The line was printed.", "1:There is no user CA yet, or it cannot be read."},
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class UserCaShow implements Callable<Integer> {
  private final List<AuthPluginFactory> plugins;

  @Mixin private ConfigFile config;
  @Mixin private JsonOption json;
  @Spec private CommandSpec spec;

  UserCaShow(List<AuthPluginFactory> plugins) {
    this.plugins = plugins;
  }

  @Override
  public Integer call() {
    return config.beside(
        plugins, spec.commandLine().getErr(), loaded -> show(loaded.configuration().stateDir()));
  }

  private int show(Path stateDir) throws IOException {
    if (!UserCa.exists(stateDir) && !StateDir.isOurs(stateDir)) {
      spec.commandLine()
          .getErr()
          .println(
              "sallyport: there is no user CA yet: start the server once, or run this as the"
                  + " user that "
                  + stateDir
                  + " belongs to");
      return Exit.NO;
    }
    String line = UserCa.readOrMake(stateDir).publicLine();
    spec.commandLine().getOut().println(json.isGiven() ? Json.line(PublicLine.ofKey(line)) : line);
    return Exit.OK;
  }
}
