package dev.sallyport.cli;

import dev.sallyport.config.Loading;
import dev.sallyport.review.AuditFollow;
import dev.sallyport.review.AuditPrinter;
import dev.sallyport.review.AuditQuery;
import dev.sallyport.review.WantedTarget;
import dev.sallyport.spi.AuthPluginFactory;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code sallyport audit list}. */
@NullUnmarked // picocli fills the fields
@Command(
    name = "list",
    description = "Lists the audit events that are asked for, the oldest first.",
    footer = TimeArgument.HELP,
    exitCodeList = {
      "0:All events that were asked for were printed; there may be none.",
      "1:The audit log cannot be read."
    })
final class AuditList extends ConfigCommand {
  @Mixin private LimitOption limit;
  @Mixin private JsonOption json;

  @Option(names = "--user", paramLabel = "USER", description = "Only of this user.")
  private String user;

  @Option(
      names = "--target",
      paramLabel = "HOST[:PORT]",
      description = "Only about this host, by the name that was asked for or the address dialled.")
  private String target;

  @Option(
      names = "--id",
      paramLabel = "ID",
      description =
          "Only of this connection, forward, or session with its recording; the beginning of its id"
              + " is enough, as it stands in brackets at the end of a line.")
  private String id;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      converter = TimeArgument.class,
      description = "Only what happened then or later.")
  private Instant since;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      converter = TimeArgument.class,
      description = "Only what happened earlier.")
  private Instant until;

  AuditList(List<AuthPluginFactory> plugins) {
    super(plugins);
  }

  @Override
  public Integer call() {
    if (id != null && !id.matches("[0-9a-f-]{4,36}")) {
      throw new ParameterException(
          spec.commandLine(), "--id must be the first 4 or more characters of an id");
    }
    return beside(this::list);
  }

  private int list(Loading.Loaded loaded) {
    AuditQuery query =
        new AuditQuery(
            Optional.ofNullable(user),
            Optional.ofNullable(target).map(WantedTarget::parse),
            Optional.ofNullable(id),
            Optional.ofNullable(since),
            Optional.ofNullable(until));
    return AuditLines.print(
        loaded,
        query,
        AuditLines.printer(
            json.isGiven() ? AuditPrinter.Form.JSON : AuditPrinter.Form.TABLE, limit.given()),
        AuditFollow.Start.BEGINNING,
        () -> true,
        err());
  }
}
