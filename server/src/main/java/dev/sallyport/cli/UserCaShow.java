package dev.sallyport.cli;

import dev.sallyport.gateway.outbound.UserCa;
import dev.sallyport.spi.AuthPluginFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sallyport user-ca show}. */
@NullUnmarked // picocli fills the fields
@Command(
    name = "show",
    description = {
      "Prints the public key that signs the certificates of credentials with type = ca.",
      "On a target, put the line into a file, and the file's name behind TrustedUserCAKeys in"
          + " sshd_config."
    },
    exitCodeList = {"0:The line was printed.", "1:There is no user CA yet, or it cannot be read."})
final class UserCaShow extends ConfigCommand {
  @Mixin private JsonOption json;

  UserCaShow(List<AuthPluginFactory> plugins) {
    super(plugins);
  }

  @Override
  public Integer call() {
    return beside(loaded -> show(loaded.configuration().stateDir()));
  }

  private int show(Path stateDir) throws IOException {
    if (!UserCa.exists(stateDir) && !StateDir.isOurs(stateDir)) {
      err()
          .println(
              "sallyport: there is no user CA yet: start the server once, or run this as the"
                  + " user that "
                  + stateDir
                  + " belongs to");
      return Exit.NO;
    }
    String line = UserCa.readOrMake(stateDir).publicLine();
    out().println(json.isGiven() ? Json.line(PublicLine.ofKey(line)) : line);
    return Exit.OK;
  }
}
