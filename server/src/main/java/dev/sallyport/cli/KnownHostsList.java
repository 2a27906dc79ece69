package dev.sallyport.cli;

import dev.sallyport.gateway.outbound.KnownHostsFile;
import dev.sallyport.model.SafeText;
import dev.sallyport.spi.AuthPluginFactory;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sallyport known-hosts list}. */
@NullUnmarked // picocli fills the fields
@Command(
    name = "list",
    description =
        "Lists the host keys of targets that the server remembers (accept-new), the oldest first.",
    exitCodeList = {"0:All keys were printed; there may be none.", "1:The file cannot be read."})
final class KnownHostsList extends ConfigCommand {
  private static final int SHOWN = 300;
  private static final List<String> TITLES = List.of("HOSTS", "TYPE", "FINGERPRINT", "MARKER");

  @Mixin private LimitOption limit;
  @Mixin private JsonOption json;

  KnownHostsList(List<AuthPluginFactory> plugins) {
    super(plugins);
  }

  @Override
  public Integer call() {
    return beside(loaded -> {
      print(
          limit.of(KnownHostsFile.remembered(loaded.configuration().stateDir()).entries()), out());
      return Exit.OK;
    });
  }

  private void print(List<KnownHostsFile.Entry> entries, PrintWriter out) {
    if (json.isGiven()) {
      entries.forEach(entry -> out.println(Json.line(entry)));
    } else {
      Table.print(out, TITLES, entries.stream().map(KnownHostsList::cells).toList());
    }
  }

  private static List<String> cells(KnownHostsFile.Entry entry) {
    return List.of(
        SafeText.escape(entry.hosts(), SHOWN),
        SafeText.escape(entry.type(), SHOWN),
        entry.fingerprint(),
        entry.marker().orElse(""));
  }
}
