package dev.sallyport.cli;

import dev.sallyport.config.Loading;
import dev.sallyport.review.AuditFollow;
import dev.sallyport.review.AuditPrinter;
import dev.sallyport.review.AuditQuery;
import dev.sallyport.spi.AuthPluginFactory;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sallyport audit follow}. */
@NullUnmarked // picocli fills the fields
@Command(
    name = "follow",
    description = "Shows each audit event as one line while it happens.",
    exitCodeList = {
      "0:It was ended, or nobody reads the output any more.",
      "1:The audit log cannot be read."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class AuditFollowCommand implements Callable<Integer> {
  private final List<AuthPluginFactory> plugins;

  @Mixin private ConfigFile config;
  @Mixin private JsonOption json;
  @Spec private CommandSpec spec;

  @Option(names = "--from-start", description = "Begin with the oldest event that is kept.")
  private boolean fromStart;

  AuditFollowCommand(List<AuthPluginFactory> plugins) {
    this.plugins = plugins;
  }

  @Override
  public Integer call() {
    // What a plugin finds wrong with its keys is the server's to report, and not this reader's.
    return config.with(plugins, (where, what) -> {}, spec.commandLine().getErr(), this::follow);
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
        spec.commandLine().getErr());
  }
}
