package dev.sallyport.cli;

import dev.sallyport.audit.Spooled;
import dev.sallyport.config.Loading;
import dev.sallyport.model.SafeText;
import dev.sallyport.operations.FaultText;
import dev.sallyport.recording.Manifest;
import dev.sallyport.review.RecordingIndex;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Parameters;

/** The parameter {@code ID}, and what every command does with the recording that it names. */
@NullUnmarked // picocli fills the fields
final class RecordingId {
  private static final int SHOWN = 100;

  /** In place of an id, which has hexadecimal digits and hyphens only. */
  private static final String LATEST = "latest";

  @Parameters(
      index = "0",
      paramLabel = "ID",
      description =
          "A recording, as 'recording list' shows it; its beginning is enough. '"
              + LATEST
              + "' is the one that began last.")
  private String id;

  /** What to do with a recording. */
  @FunctionalInterface
  interface Use {
    /** Does it, and returns the exit code. */
    int apply(Path folder, Manifest manifest) throws IOException;
  }

  /** Where a configuration has its recordings. */
  static Path root(Loading.Loaded loaded) {
    return loaded.configuration().stateDir().resolve("recordings");
  }

  /**
   * Finds the recording and goes on with it; says what is wrong when that is not possible.
   *
   * @return the exit code: of {@code use}, or {@link Exit#NO}
   */
  int with(Loading.Loaded loaded, PrintWriter err, Use use) {
    try {
      RecordingIndex index = new RecordingIndex(root(loaded));
      return switch (id.equals(LATEST) ? index.latest() : index.find(id)) {
        case RecordingIndex.Found.One(Path folder) -> with(folder, err, use);
        case RecordingIndex.Found.None() -> no(err, "there is no such recording");
        case RecordingIndex.Found.Several(List<String> ids) ->
            no(err, "fits several recordings, write more of it: " + String.join(" ", ids));
      };
    } catch (IOException e) {
      return no(err, FaultText.of(e));
    }
  }

  private int with(Path folder, PrintWriter err, Use use) throws IOException {
    Optional<RecordingIndex.Entry> entry = RecordingIndex.read(folder);
    if (entry.isEmpty()) {
      return no(err, "was removed just now");
    }
    return switch (entry.get()) {
      case RecordingIndex.Entry.Known(Path where, Manifest manifest) -> use.apply(where, manifest);
      case RecordingIndex.Entry.Broken(Path where, String reason) -> no(err, where + ": " + reason);
    };
  }

  /** Shows what is in a recording, and returns the exit code. */
  @FunctionalInterface
  interface Reading {
    int show() throws IOException;
  }

  /**
   * Shows what is in the recording once the audit log says that somebody does, or is going to
   * because no server runs; else nothing is shown.
   *
   * @param how such as {@code play}
   */
  int audited(
      Loading.Loaded loaded,
      Path folder,
      Manifest manifest,
      String how,
      PrintWriter err,
      Reading reading)
      throws IOException {
    Spooled.Read read =
        new Spooled.Read(manifest.session().id(), folder.toAbsolutePath().toString(), how);
    OperatorAct.tell(loaded.configuration().stateDir(), read, "read this", err);
    return reading.show();
  }

  /** Says why not. */
  int no(PrintWriter err, String reason) {
    err.println("sallyport: recording " + SafeText.escape(id, SHOWN) + ": " + reason);
    return Exit.NO;
  }
}
