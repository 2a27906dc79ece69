package dev.sallyport.cli;

import dev.sallyport.audit.AuditSpool;
import dev.sallyport.config.Loading;
import dev.sallyport.operations.FaultText;
import dev.sallyport.recording.Manifest;
import dev.sallyport.recording.Markers;
import dev.sallyport.review.RecordingIndex;
import dev.sallyport.review.RecordingLine;
import dev.sallyport.review.WantedTarget;
import dev.sallyport.spi.AuthPluginFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sallyport recording list}. */
@NullUnmarked // picocli fills the fields
@Command(
    name = "list",
    description = "Lists recordings, the oldest first.",
    footer = TimeArgument.HELP,
    exitCodeList = {
      "0:All recordings that were asked for were printed; there may be none.",
      "1:The recordings cannot be read."
    })
final class RecordingList extends ConfigCommand {
  private static final List<Table.Column> COLUMNS =
      List.of(
          new Table.Column("ID", 36),
          new Table.Column("BEGIN", 25),
          new Table.Column("LENGTH", 9),
          new Table.Column("USER", 8),
          new Table.Column("TARGET", 24),
          new Table.Column("WHAT", 0));

  @Mixin private LimitOption limit;
  @Mixin private JsonOption json;

  @Option(names = "--user", paramLabel = "USER", description = "Only of this user.")
  private String user;

  @Option(
      names = "--target",
      paramLabel = "HOST[:PORT]",
      description = "Only to this host, by the name that was asked for or the address dialled.")
  private String target;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      converter = TimeArgument.class,
      description = "Only those that began or went on then or later.")
  private Instant since;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      converter = TimeArgument.class,
      description = "Only those that began earlier.")
  private Instant until;

  RecordingList(List<AuthPluginFactory> plugins) {
    super(plugins);
  }

  @Override
  public Integer call() {
    return beside(this::list);
  }

  /** Nothing is live without a server. */
  private static Predicate<Manifest> live(Loading.Loaded loaded) throws IOException {
    Path log = loaded.configuration().stateDir().resolve("audit");
    Path root = RecordingId.root(loaded);
    return new AuditSpool(log).isCollected()
        ? manifest -> Markers.isLive(root, manifest)
        : manifest -> false;
  }

  private int list(Loading.Loaded loaded) {
    PrintWriter out = out();
    RecordingIndex.Query query =
        new RecordingIndex.Query(
            Optional.ofNullable(user),
            Optional.ofNullable(target).map(WantedTarget::parse),
            Optional.ofNullable(since),
            Optional.ofNullable(until));
    AtomicLong found = new AtomicLong();
    try {
      Predicate<Manifest> isLive = live(loaded);
      RecordingLine line = new RecordingLine(ZoneId.systemDefault(), isLive);
      Table table = new Table(out, COLUMNS);
      new RecordingIndex(RecordingId.root(loaded))
          .search(
              query,
              limit.given(),
              entry -> {
                found.incrementAndGet();
                if (json.isGiven()) {
                  out.println(Json.line(RecordingJson.of(entry, isLive)));
                } else {
                  table.row(line.cells(entry));
                }
              });
      if (found.get() == 0) {
        err()
            .println(
                "sallyport: no recording matches; 'sallyport audit list' shows which sessions were"
                    + " not recorded, and which recordings were removed for their age");
      }
      return Exit.OK;
    } catch (IOException e) {
      err().println("sallyport: the recordings cannot be read: " + FaultText.of(e));
      return Exit.NO;
    }
  }
}
