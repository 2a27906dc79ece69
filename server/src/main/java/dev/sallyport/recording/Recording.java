package dev.sallyport.recording;

import dev.sallyport.audit.AuditUnavailableException;
import dev.sallyport.audit.RecordingEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The recording of one session: one {@link Terminal}, or one {@link Exec}. For all threads.
 *
 * <p>Data is passed to the kernel within half a second, so a killed process loses no more than
 * that. It is on disk when {@link #end} returns.
 */
public final class Recording {
  private static final Logger LOG = LoggerFactory.getLogger(Recording.class);

  /** Longest command that is recorded completely, in bytes. Longer ones must be refused. */
  public static final int LONGEST_COMMAND = ManifestFile.LONGEST_COMMAND;

  private static final String CANNOT_WRITE =
      "this session must be recorded, and its record cannot be written any more, so it ends;"
          + " contact the bastion's operator";

  /** Continues the words of a {@link Bound}. */
  private static final String MUST_END =
      ", and it must be recorded, so it ends; the operator of the bastion sets the limits";

  private static final String HAS_ENDED = "the recording of this session has ended";

  /** A write. */
  @FunctionalInterface
  interface Write {
    void run() throws IOException;
  }

  /**
   * Why the recording has stopped before the session.
   *
   * @param reason for operators
   * @param words for the user, if that ends the session
   * @param isLossy whether recorded data may be missing on the disk
   */
  private record Stop(String reason, String words, boolean isLossy) {}

  /** How the session ended: the arguments of {@link #end}. */
  private record Wish(
      Instant at,
      Optional<Integer> exitStatus,
      Optional<String> exitSignal,
      String reason,
      boolean isEarly) {}

  private final Surroundings surroundings;
  private final Path folder;
  private final UserDay day;

  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private Manifest manifest;
  private Optional<Tracks> tracks = Optional.empty();
  private Optional<Stop> stopped;

  /** The size of the manifest when it was last written. */
  private long manifestBytes;

  /** The disk space of the recording that {@link #day} includes. */
  private long counted;

  private Optional<Wish> wish = Optional.empty();

  /** Held while the recording is finalised; taken before {@link #lock}. */
  private final ReentrantLock finalising = new ReentrantLock();

  // Guarded by finalising.
  private Optional<Manifest.Ending> sealed = Optional.empty();
  private Map<String, String> hashes = Map.of();
  private Stage stage = Stage.LIVE;

  private enum Stage {
    LIVE,
    FINAL
  }

  private Recording(
      Surroundings surroundings,
      Path folder,
      UserDay day,
      Manifest manifest,
      Optional<Stop> stopped,
      Stage stage) {
    this.surroundings = surroundings;
    this.folder = folder;
    this.day = day;
    this.manifest = manifest;
    this.stopped = stopped;
    this.stage = stage;
  }

  /**
   * Creates a recording.
   *
   * @param day the disk space of the user's recordings, which will include this one
   */
  static Recording of(Surroundings surroundings, Path folder, UserDay day, Manifest manifest) {
    return new Recording(surroundings, folder, day, manifest, Optional.empty(), Stage.LIVE);
  }

  /**
   * A recording that keeps nothing and has no folder.
   *
   * @param reason why
   */
  static Recording none(
      Surroundings surroundings, Path folder, UserDay day, Manifest manifest, String reason) {
    Stop stop = new Stop(reason, CANNOT_WRITE, true);
    return new Recording(surroundings, folder, day, manifest, Optional.of(stop), Stage.FINAL);
  }

  /** Creates the folder with the first manifest. */
  void make() throws IOException {
    lock.lock();
    try {
      Folders.make(folder);
      manifestBytes = ManifestFile.write(folder, manifest).bytes();
      count();
    } finally {
      lock.unlock();
    }
  }

  /** Removes the recording, which does not begin after all. */
  void undo() {
    lock.lock();
    try {
      day.add(-counted);
      counted = 0;
    } finally {
      lock.unlock();
    }
  }

  /** Updates the disk space in the user's day. */
  private void count() {
    long taken = Blocks.FOLDER + Blocks.of(manifestBytes) + tracks.map(Tracks::taken).orElse(0L);
    day.add(taken - counted);
    counted = taken;
  }

  /** The current number of bytes that are kept of each stream of a command without a terminal. */
  long streamBytes() {
    return surroundings.settings().streamBytes();
  }

  /** The disk space of the recordings that the user began on the same day. */
  UserDay day() {
    return day;
  }

  /** The recording's id, which is the session's. */
  public String id() {
    return folder.getFileName().toString();
  }

  Instant begin() {
    return manifest.begin();
  }

  /** The recording's folder. */
  Path folder() {
    return folder;
  }

  /**
   * Records a session with a terminal.
   *
   * @param term the client's TERM
   * @param columns of the client's window; 0 when it has none
   * @param rows likewise
   * @throws RecordingException when the guarantee is strict and there can be no record: the session
   *     must not begin
   * @throws IllegalStateException when something is recorded already
   */
  public Terminal terminal(Asked asked, String term, int columns, int rows)
      throws RecordingException {
    Terminal terminal = new Terminal(this);
    Terminal.Screen screen = new Terminal.Screen(term, columns, rows);
    begin(
        new Manifest.Content(Manifest.Kind.TERMINAL, asked),
        terminal,
        () -> terminal.open(folder, manifest, screen, surroundings.nanoTime()));
    return terminal;
  }

  /**
   * Records a command, or a shell, without a terminal.
   *
   * @throws RecordingException when the guarantee is strict and there can be no record: the session
   *     must not begin
   * @throws IllegalStateException when something is recorded already
   */
  public Exec exec(Asked asked) throws RecordingException {
    return streams(new Manifest.Content(Manifest.Kind.EXEC, asked));
  }

  /** As {@link #exec}, a subsystem such as {@code sftp}. */
  public Exec subsystem(Asked asked) throws RecordingException {
    return streams(new Manifest.Content(Manifest.Kind.SUBSYSTEM, asked));
  }

  private Exec streams(Manifest.Content content) throws RecordingException {
    Exec exec = new Exec(this, folder);
    begin(content, exec, () -> {});
    return exec;
  }

  private void begin(Manifest.Content content, Tracks begun, Write open) throws RecordingException {
    write(
        () -> {
          if (tracks.isPresent()) {
            throw new IllegalStateException("one recording holds one session");
          }
          manifest = manifest.with(content);
          manifestBytes = ManifestFile.write(folder, manifest).bytes();
          open.run();
          tracks = Optional.of(begun);
        },
        () -> {
          // Under best effort, when the recording has stopped already: all data that is not kept is
          // counted.
          if (!isLossy()) {
            tracks = Optional.of(begun);
          }
        });
  }

  /**
   * The recording will lack something that the rule demands, and not because of the disk.
   *
   * @param sentence for the user: what cannot be recorded
   * @throws RecordingException when the guarantee is strict; then the session must end
   */
  void lacks(String sentence) throws RecordingException {
    switch (surroundings.settings().guarantee()) {
      case STRICT -> throw new RecordingException(sentence);
      case BEST_EFFORT -> {}
    }
  }

  /** As {@link Exec#notUnderstood}. */
  void filesNotUnderstood(String protocol, String reason) throws RecordingException {
    lacks(
        "this session must be recorded file by file, and what passes is not understood as %s: %s"
            .formatted(protocol, reason));
  }

  /**
   * Writes, unless the recording has stopped.
   *
   * @param missed counts data that is not written
   */
  void write(Write action, Runnable missed) throws RecordingException {
    lock.lock();
    try {
      if (wish.isEmpty() && stopped.isEmpty()) {
        exceeded().ifPresent(this::stop);
      }
      if (wish.isEmpty() && stopped.isEmpty()) {
        try {
          action.run();
          count();
          return;
        } catch (IOException e) {
          failed(e);
        }
      }
      switch (surroundings.settings().guarantee()) {
        case STRICT -> throw new RecordingException(stopped.map(Stop::words).orElse(HAS_ENDED));
        case BEST_EFFORT -> missed.run();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Checked before each write, so that a recording exceeds a limit by one write at most. */
  private Optional<Bound> exceeded() {
    RecordingSettings settings = surroundings.settings();
    return counted >= settings.sessionBytes()
        ? Optional.of(Bound.ofSession(settings.sessionBytes()))
        : day.exceeded(settings.userBytes());
  }

  private void stop(Bound bound) {
    boolean isLossy = false;
    try {
      if (tracks.isPresent()) {
        tracks.get().end();
        tracks.get().mark("the recording stops here: " + bound.reason());
      }
    } catch (IOException e) {
      isLossy = true;
      LOG.warn("recording {} lacks its end: {}", id(), Faults.text(e));
    }
    stop(new Stop(bound.reason(), bound.words() + MUST_END, isLossy));
  }

  /**
   * Passes buffered data to the kernel; called twice a second. When that fails, the next write
   * fails too, before its data is passed on, so none is missing.
   */
  void flush() {
    lock.lock();
    try {
      if (tracks.isPresent() && wish.isEmpty() && stopped.isEmpty()) {
        tracks.get().flush();
      }
    } catch (IOException e) {
      failed(e);
    } finally {
      lock.unlock();
    }
  }

  /**
   * The recording cannot be written any more, for a reason other than a failed write.
   *
   * @param reason for operators
   */
  void fail(String reason) {
    lock.lock();
    try {
      if (wish.isEmpty()) {
        failed(new IOException(reason));
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean isLossy() {
    return stopped.map(Stop::isLossy).orElse(false);
  }

  private void failed(IOException e) {
    if (stopped.isEmpty()) {
      stop(new Stop(Faults.text(e), CANNOT_WRITE, true));
    } else if (!isLossy()) {
      // It stopped at a limit before, which is logged. Now written data is lost, too.
      Stop before = stopped.get();
      LOG.warn("recording {}: {}", id(), Faults.text(e));
      stopped = Optional.of(new Stop(before.reason(), before.words(), true));
    }
  }

  /** Stops the recording, and logs that once. */
  private void stop(Stop stop) {
    stopped = Optional.of(stop);
    boolean goesOn = surroundings.goesOn();
    LOG.error(
        "recording {} stops: {}; {}",
        id(),
        stop.reason(),
        goesOn ? "the session continues without it" : "the session ends");
    surroundings
        .audit()
        .append(
            new RecordingEvent.RecordingFailed(
                surroundings.clock().instant(),
                manifest.connection(),
                manifest.session(),
                stop.reason(),
                goesOn));
  }

  /**
   * Ends the recording. When this returns, all of it is on disk, and its hashes are in the audit
   * log. If it cannot be finalised now, because the disk is full or the audit log cannot be
   * written, this is tried again until it succeeds, if necessary at the next start. Calls after the
   * first have no effect.
   *
   * @param reason why the session ended, for the audit log
   * @return SHA-256 by file name, in lower-case hexadecimal; those known so far if it could not be
   *     finalised
   */
  public Map<String, String> end(
      Optional<Integer> exitStatus, Optional<String> exitSignal, String reason) {
    return end(new Wish(surroundings.clock().instant(), exitStatus, exitSignal, reason, false));
  }

  /**
   * As {@link #end(Optional, Optional, String)}, while the session continues, whose rest is
   * missing.
   */
  void cut(String reason) {
    end(new Wish(surroundings.clock().instant(), Optional.empty(), Optional.empty(), reason, true));
  }

  private Map<String, String> end(Wish how) {
    lock.lock();
    try {
      if (wish.isEmpty() && stopped.isEmpty() && tracks.isPresent()) {
        tracks.get().end();
      }
    } catch (IOException e) {
      failed(e);
    } finally {
      wish = wish.or(() -> Optional.of(how));
      lock.unlock();
    }
    return finish();
  }

  /** Finalises a recording that has ended and could not be finalised then. */
  void retry() {
    lock.lock();
    try {
      if (wish.isEmpty()) {
        return;
      }
    } finally {
      lock.unlock();
    }
    finish();
  }

  private Map<String, String> finish() {
    finalising.lock();
    try {
      if (stage == Stage.LIVE) {
        makeFinal();
        stage = Stage.FINAL;
        surroundings.isFinal(this);
      }
    } catch (IOException e) {
      lock.lock();
      try {
        failed(e);
      } finally {
        lock.unlock();
      }
    } catch (AuditUnavailableException e) {
      LOG.warn("recording {} is not final yet: {}", id(), e.getMessage());
    } finally {
      finalising.unlock();
    }
    return knownHashes();
  }

  private Map<String, String> knownHashes() {
    finalising.lock();
    try {
      return hashes;
    } finally {
      finalising.unlock();
    }
  }

  private void makeFinal() throws IOException, AuditUnavailableException {
    Manifest.Ending ending;
    if (sealed.isPresent()) {
      ending = sealed.get();
    } else {
      ending = seal();
      sealed = Optional.of(ending);
      hashes = Map.copyOf(ending.sha256());
    }
    hashes = surroundings.finalise(folder, manifest.with(ending));
  }

  /**
   * Finishes the files. Nothing is written any more, so the lock is not held while the disk works.
   */
  private Manifest.Ending seal() throws IOException {
    Optional<Tracks> last;
    Wish how;
    lock.lock();
    try {
      last = tracks;
      tracks = Optional.empty();
      how = wish.orElseThrow();
    } finally {
      lock.unlock();
    }
    Tracks.Kept kept =
        last.isPresent()
            ? last.get().finish()
            : new Tracks.Kept(new TreeMap<>(Leftover.files(folder)), new TreeMap<>());
    lock.lock();
    try {
      return new Manifest.Ending(
          how.at(),
          how.exitStatus(),
          how.exitSignal(),
          how.reason(),
          stopped.map(Stop::reason),
          isLossy() || how.isEarly(),
          unkept(kept),
          kept.files());
    } finally {
      lock.unlock();
    }
  }

  private SortedMap<String, Long> unkept(Tracks.Kept kept) {
    SortedMap<String, Long> all = new TreeMap<>(kept.unkept());
    long environment = manifest.content().map(content -> content.asked().unkept()).orElse(0L);
    if (environment > 0) {
      all.put(Manifest.UNKEPT_ENVIRONMENT, environment);
    }
    return all;
  }
}
