package dev.sallyport.cli;

import static dev.sallyport.cli.SecondFactorOf.shown;

import dev.sallyport.audit.AuditEvent.SecondFactorChanged.Change;
import dev.sallyport.spi.AuthPluginFactory;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

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
    })
final class SecondFactorRemove extends ConfigCommand {
  @Option(names = "--user", paramLabel = "U", required = true, description = "The user's name.")
  private String user;

  SecondFactorRemove(List<AuthPluginFactory> plugins) {
    super(plugins);
  }

  @Override
  public Integer call() {
    return SecondFactorOf.with(config, plugins, err(), this::remove);
  }

  private int remove(SecondFactorOf second) throws Exception {
    PrintWriter err = err();
    return switch (second.enrolment().remove(user, () -> second.tell(user, Change.REMOVED, err))) {
      case REMOVED -> {
        out().println(shown(user) + " has no second factor any more");
        yield Exit.OK;
      }
      case NOT_ENROLLED -> {
        err.println("sallyport: " + shown(user) + " has none");
        yield Exit.NO;
      }
    };
  }
}
