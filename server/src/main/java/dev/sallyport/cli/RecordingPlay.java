package dev.sallyport.cli;

import dev.sallyport.config.Loading;
import dev.sallyport.recording.KeptFile;
import dev.sallyport.recording.Manifest;
import dev.sallyport.review.CastPlayer;
import dev.sallyport.review.CastReader;
import dev.sallyport.review.Window;
import dev.sallyport.spi.AuthPluginFactory;
import dev.sallyport.support.linux.TerminalSize;
import java.io.Console;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code sallyport recording play}. */
@NullUnmarked // picocli fills the fields
@Command(
    name = "play",
    description = "Plays the recording of a terminal in this one. Ctrl-C ends it.",
    footer =
        "%nOf all that the recorded terminal was sent, this one is sent what draws: nothing that it"
            + " would answer, nothing that changes its size, title, clipboard or keys, and nothing"
            + " that hides text. What is left out is counted at the end. 'recording export --format"
            + " asciicast' has all of it; '--format text' has every line and marks what no terminal"
            + " shows.",
    exitCodeList = {
      "0:The recording was played.",
      "1:There is no such recording, it cannot be read, or it has no terminal."
    })
final class RecordingPlay extends ConfigCommand {
  private static final double FASTEST = 1000;

  /** For the terminal to become usable again after Ctrl-C; a terminal that hangs is left. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  @Mixin private RecordingId id;

  @Option(
      names = "--speed",
      paramLabel = "FACTOR",
      description = "How many times as fast; ${DEFAULT-VALUE} unless given.")
  private double speed = 1;

  @Option(
      names = "--idle-limit",
      paramLabel = "TIME",
      converter = Arguments.DurationConverter.class,
      description = "Makes longer pauses as short as this: 2s.")
  private Duration idleLimit = Duration.ofDays(365);

  @Option(names = "--force", description = "Play even if this is not a terminal.")
  private boolean force;

  RecordingPlay(List<AuthPluginFactory> plugins) {
    super(plugins);
  }

  @Override
  public Integer call() {
    if (!(speed > 0 && speed <= FASTEST)) {
      throw new ParameterException(
          spec.commandLine(), "--speed must be above 0 and at most " + (int) FASTEST);
    }
    PrintWriter err = err();
    return beside(
        loaded -> id.with(loaded, err, (folder, manifest) -> play(loaded, folder, manifest)));
  }

  private int play(Loading.Loaded loaded, Path folder, Manifest manifest) throws IOException {
    PrintWriter err = err();
    Path cast = folder.resolve(Manifest.CAST);
    if (!KeptFile.exists(cast)) {
      return id.no(err, "has no terminal; 'recording export --format text' shows its output");
    }
    if (!force && !isTerminal()) {
      return id.no(err, "plays only in a terminal; --force plays it without one");
    }
    return id.audited(
        loaded,
        folder,
        manifest,
        "play",
        err,
        () -> {
          try (CastReader reader = CastReader.open(cast)) {
            play(reader, System.out, err);
            return Exit.OK;
          }
        });
  }

  private static boolean isTerminal() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  }

  /** Until the end, or Ctrl-C, which leaves the time to make the terminal usable again. */
  private void play(CastReader reader, OutputStream terminal, PrintWriter err) throws IOException {
    Thread player = Thread.currentThread();
    CountDownLatch played = new CountDownLatch(1);
    Thread interrupter =
        Thread.ofPlatform()
            .unstarted(() -> {
              player.interrupt();
              try {
                boolean _ = played.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    Runtime.getRuntime().addShutdownHook(interrupter);
    Optional<Window> window = ownWindow();
    warnIfSmall(new Window(reader.columns(), reader.rows()), window, err);
    long begun = System.nanoTime();
    CastPlayer cast =
        new CastPlayer(
            terminal,
            window,
            speed,
            idleLimit,
            due -> TimeUnit.NANOSECONDS.sleep(due.toNanos() - (System.nanoTime() - begun)));
    try {
      cast.play(reader);
    } catch (InterruptedException stopped) {
      // As wanted.
    } finally {
      summary(cast, window).forEach(line -> err.println("sallyport: " + line));
      err.flush();
      played.countDown();
      remove(interrupter);
    }
  }

  /** Nothing when it is not known: there is no terminal, or native code may not be called. */
  private static Optional<Window> ownWindow() {
    try {
      return TerminalSize.ofStandardOutput().map(size -> new Window(size.columns(), size.rows()));
    } catch (IllegalCallerException denied) {
      return Optional.empty();
    }
  }

  private static void warnIfSmall(Window recorded, Optional<Window> window, PrintWriter err) {
    window
        .filter(here -> !here.holds(recorded))
        .ifPresent(here ->
            err.println(
                "sallyport: recorded in a window of %s, and this one has %s: enlarge it to see what was seen"
                    .formatted(recorded, here)));
    err.flush();
  }

  /** Of which size the recorded window was, and what was not played. */
  private static List<String> summary(CastPlayer cast, Optional<Window> window) {
    List<String> lines = new ArrayList<>();
    Window recorded = cast.largest();
    boolean isLarger = window.map(here -> !here.holds(recorded)).orElse(false);
    lines.add(
        "the recorded window had "
            + recorded
            + (cast.resizes() > 0 ? " at most, and was resized" : "")
            + (isLarger
                ? "; this one has " + window.get() + ", which is too small to show it as it was"
                : ""));
    if (!cast.leftOut().isEmpty()) {
      lines.add("not played: " + cast.leftOut());
    }
    return lines;
  }

  private static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // It runs.
    }
  }
}
