package dev.sallyport.cli;

import dev.sallyport.config.Loading;
import dev.sallyport.review.AuditFollow;
import dev.sallyport.review.AuditPrinter;
import dev.sallyport.review.AuditQuery;
import dev.sallyport.spi.AuthPluginFactory;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sallyport audit follow}. */
@NullUnmarked // picocli fills the fields
@Command(
    name = "follow",
    description = "Shows each audit event as one line while it happens.",
    exitCodeList = {
      "0:It was ended, or nobody reads the output any more.",
      "1:The audit log cannot be read."
    })
final class AuditFollowCommand extends ConfigCommand {
  @Mixin private JsonOption json;

  @Option(names = "--from-start", description = "Begin with the oldest event that is kept.")
  private boolean fromStart;

  AuditFollowCommand(List<AuthPluginFactory> plugins) {
    super(plugins);
  }

  @Override
  public Integer call() {
    // What a plugin finds wrong with its keys is the server's to report, and not this reader's.
    return beside(this::follow);
  }

  /** Until nobody reads any more, or a signal comes. */
  private int follow(Loading.Loaded loaded) {
    return AuditLines.print(
        loaded,
        AuditQuery.ALL,
        AuditLines.printer(
            json.isGiven() ? AuditPrinter.Form.JSON : AuditPrinter.Form.SENTENCE,
            OptionalInt.empty()),
        fromStart ? AuditFollow.Start.BEGINNING : AuditFollow.Start.NOW,
        () -> false,
        err());
  }
}
