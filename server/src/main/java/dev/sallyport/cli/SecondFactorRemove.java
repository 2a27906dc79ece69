package dev.sallyport.cli;

import static dev.sallyport.cli.SecondFactorOf.shown;

import dev.sallyport.audit.AuditEvent.SecondFactorChanged.Change;
import dev.sallyport.spi.AuthPluginFactory;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sallyport second-factor remove}. */
@NullUnmarked // picocli fills the fields
@Command(
    name = "remove",
    description = {
      "Takes the second factor away from a user, and the recovery codes with it.",
      "The server need not be stopped. Exits with 1 when the user has none."
    },
    exitCodeList = {
      "0:The second factor was removed.",
      "1:The user had none, or it could not be removed."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class SecondFactorRemove implements Callable<Integer> {
  private final List<AuthPluginFactory> plugins;

  @Mixin private ConfigFile config;
  @Spec private CommandSpec spec;

  @Option(names = "--user", paramLabel = "U", required = true, description = "The user's name.")
  private String user;

  SecondFactorRemove(List<AuthPluginFactory> plugins) {
    this.plugins = plugins;
  }

  @Override
  public Integer call() {
    return SecondFactorOf.with(config, plugins, spec.commandLine().getErr(), this::remove);
  }

  private int remove(SecondFactorOf second) throws Exception {
    PrintWriter err = spec.commandLine().getErr();
    return switch (second.enrolment().remove(user, () -> second.tell(user, Change.REMOVED, err))) {
      case REMOVED -> {
        spec.commandLine().getOut().println(shown(user) + " has no second factor any more");
        yield Exit.OK;
      }
      case NOT_ENROLLED -> {
        err.println("sallyport: " + shown(user) + " has none");
        yield Exit.NO;
      }
    };
  }
}
