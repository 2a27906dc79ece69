package dev.sallyport.review;

import dev.sallyport.model.SafeText;
import dev.sallyport.model.TimeText;
import dev.sallyport.recording.Folders;
import dev.sallyport.recording.Manifest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.function.Predicate;

/** A recording as a line of a list for people. Everything in it is printable ASCII. */
public final class RecordingLine {
  private static final int LONGEST_NAME = 100;
  private static final int LONGEST_COMMAND = 60;

  private final TimeText time;
  private final Predicate<Manifest> isLive;

  /**
   * @param zone in which times are shown
   * @param isLive whether a recording without an end is under way; otherwise it was cut short, and
   *     its server has not made it final yet
   */
  public RecordingLine(ZoneId zone, Predicate<Manifest> isLive) {
    this.time = new TimeText(zone);
    this.isLive = isLive;
  }

  /**
   * Its id, when it began, how long it took, the user, as whom and where, and what it holds: {@code
   * <id>}, {@code 2026-11-22T17:03:21+01:00}, {@code 12m03s}, {@code alice}, {@code
   * ec2-user@web.internal:22}, {@code shell}.
   */
  public List<String> cells(RecordingIndex.Entry entry) {
    return switch (entry) {
      case RecordingIndex.Entry.Known(Path folder, Manifest manifest) ->
          List.of(
              Folders.nameOf(folder),
              time.of(manifest.begin()),
              duration(manifest),
              name(manifest.session().user()),
              name(manifest.session().login()) + "@" + manifest.session().target().shown(),
              what(manifest) + manifest.ending().map(RecordingLine::end).orElse(""));
      case RecordingIndex.Entry.Broken(Path folder, String reason) ->
          List.of(
              Folders.nameOf(folder),
              "",
              "",
              "",
              "",
              "cannot be read: " + SafeText.escape(reason, LONGEST_NAME));
    };
  }

  private static String name(String text) {
    return SafeText.escape(text, LONGEST_NAME);
  }

  private String duration(Manifest manifest) {
    return manifest
        .ending()
        .map(ending -> text(Duration.between(manifest.begin(), ending.at())))
        .orElseGet(() -> isLive.test(manifest) ? "live" : "cut short");
  }

  private static String text(Duration duration) {
    if (duration.toHours() > 0) {
      return String.format("%dh%02dm", duration.toHours(), duration.toMinutesPart());
    }
    return duration.toMinutes() > 0
        ? String.format("%dm%02ds", duration.toMinutes(), duration.toSecondsPart())
        : Math.max(0, duration.toSeconds()) + "s";
  }

  private static String what(Manifest manifest) {
    return manifest
        .content()
        .map(content ->
            switch (content.kind()) {
              case TERMINAL ->
                  content.command().isEmpty() ? "shell" : "terminal " + command(content);
              case EXEC ->
                  content.command().isEmpty()
                      ? "shell without terminal"
                      : "exec " + command(content);
              case SUBSYSTEM -> "subsystem " + command(content);
            })
        .orElse("nothing");
  }

  private static String command(Manifest.Content content) {
    return SafeText.escape(content.command(), LONGEST_COMMAND);
  }

  private static String end(Manifest.Ending ending) {
    return ending.exitStatus().map(status -> "  exit " + status).orElse("")
        + ending.exitSignal().map(signal -> "  signal " + name(signal)).orElse("")
        + (ending.truncated() ? "  truncated" : "")
        + (ending.lacksOutput() ? "  not complete" : "");
  }
}
