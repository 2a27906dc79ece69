package dev.sallyport.recording;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditUnavailableException;
import dev.sallyport.audit.RecordingEvent;
import dev.sallyport.audit.SessionFacts;
import dev.sallyport.support.files.PrivateFiles;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All recordings of the server. For all threads.
 *
 * <p>A virtual thread writes the buffers of live recordings to the kernel twice a second, and
 * checks the reserve. Longer work is on a second thread, for which the first never waits: it
 * finalises recordings that a crash left, or that could not be finalised when they ended, and
 * removes expired ones. It computes hashes, so it is a platform thread, which the kernel preempts.
 *
 * <p>A third thread compresses final recordings, one at a time.
 */
public final class Recordings implements AutoCloseable {
  /** The most that a killed process loses of a recording. */
  static final Duration TICK = Duration.ofMillis(500);

  private static final Duration SWEEP = Duration.ofMinutes(1);

  /** Sweeps may take one part in this many of the time. */
  private static final int SWEEP_SHARE = 100;

  private static final String CLOSED = "the bastion was stopped";

  private static final String CANNOT_START =
      "this session must be recorded, and that is not possible now: %s; contact the bastion's"
          + " operator";

  private static final Logger LOG = LoggerFactory.getLogger(Recordings.class);

  private final Folders folders;
  private final Markers markers;

  /** Marks recordings that the previous run left; used by {@link #keeping}. */
  private final Markers leftMarkers;

  /** The ids of those. */
  private final Set<String> left = ConcurrentHashMap.newKeySet();

  private final Surroundings surroundings;
  private volatile RecordingSettings settings;
  private final Markers plainMarkers;
  private final Reserve reserve;
  private final Retention retention;
  private final UserDays days;
  private final Compressor compressor;
  private final String product;

  /** The recordings that are not final. */
  private final Map<String, Recording> live = new ConcurrentHashMap<>();

  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread ticking;
  private final Thread keeping;
  private final Thread compressing;

  /** Set before the threads start. */
  private Runnable giveWay = () -> {};

  /** By {@link Surroundings#nanoTime}; for {@link #keeping} only. */
  private long nextSweep;

  private Recordings(
      Path root,
      RecordingSettings settings,
      AuditLog audit,
      String version,
      InstantSource clock,
      LongSupplier nanoTime,
      LongSupplier free) {
    this.folders = new Folders(root);
    this.markers = Markers.live(root);
    this.leftMarkers = Markers.left(root);
    this.plainMarkers = Markers.plain(root);
    this.settings = settings;
    this.surroundings = new Surroundings(audit, this::settings, clock, nanoTime, this::isFinal);
    this.nextSweep = nanoTime.getAsLong();
    this.days = new UserDays(folders);
    this.reserve = new Reserve(free, () -> settings().reserveBytes(), audit, clock);
    this.retention =
        new Retention(
            folders, this::settings, audit, days::grown, this::isNotFinal, this::isStopping);
    this.compressor = new Compressor(folders, plainMarkers, reserve::room, this::isStopping);
    this.product = "sallyport " + version;
    this.ticking =
        Thread.ofVirtual().name("recordings-clock").unstarted(() -> everyTick(this::tick));
    this.keeping =
        Thread.ofPlatform()
            .daemon()
            .name("recordings-keeping")
            .unstarted(() -> behindOthers(this::keep));
    this.compressing =
        Thread.ofPlatform()
            .daemon()
            .name("recordings-compressing")
            .unstarted(() -> behindOthers(this::compress));
  }

  /**
   * Opens the recordings. Nothing is logged before {@link #begin}. The caller has locked the audit
   * log, so no other process writes these recordings.
   *
   * @param root {@code <state-dir>/recordings}; created with mode 0700 if it does not exist
   * @param version the product's, for the manifests
   * @throws IOException when they cannot be written; the text says what to do
   */
  public static Recordings open(
      Path root, RecordingSettings settings, AuditLog audit, String version) throws IOException {
    Path absolute = root.toAbsolutePath();
    // It returns 0 when it fails; then no recorded session starts.
    return open(
        absolute,
        settings,
        audit,
        version,
        InstantSource.system(),
        System::nanoTime,
        absolute.toFile()::getUsableSpace);
  }

  /**
   * @param nanoTime as {@link System#nanoTime}
   * @param free free bytes of the disk
   */
  static Recordings open(
      Path root,
      RecordingSettings settings,
      AuditLog audit,
      String version,
      InstantSource clock,
      LongSupplier nanoTime,
      LongSupplier free)
      throws IOException {
    Recordings recordings = new Recordings(root, settings, audit, version, clock, nanoTime, free);
    Files.createDirectories(root, PrivateFiles.FOLDER);
    recordings.markers.make();
    recordings.leftMarkers.make();
    recordings.plainMarkers.make();
    return recordings;
  }

  /**
   * Starts the threads, and finalises recordings that a crash left. Users do not wait for that,
   * because it may take long: all of them must be read. Their events follow when it is done.
   *
   * @throws IOException when the folder cannot be read; the text says what to do
   */
  public void begin() throws IOException {
    begin(() -> {});
  }

  /**
   * As {@link #begin()}.
   *
   * @param giveWay called first by the threads that compute in the background, to lower their
   *     priority
   */
  public void begin(Runnable giveWay) throws IOException {
    this.giveWay = giveWay;
    takeOver();
    ticking.start();
    keeping.start();
    compressing.start();
  }

  /** Marks the live recordings as left by a crash, before new ones begin. */
  void takeOver() throws IOException {
    markers.moveTo(leftMarkers);
    leftMarkers.all().forEach(marked -> left.add(marked.id()));
  }

  private RecordingSettings settings() {
    return settings;
  }

  /** Changes the settings, also for live recordings. */
  public void apply(RecordingSettings other) {
    settings = other;
  }

  /**
   * Finalises recordings that the previous run left. Those that cannot be finalised, because the
   * disk is full or the audit log cannot be written, are tried again.
   */
  private void recover() {
    try {
      for (Markers.Marked marked : leftMarkers.all()) {
        if (isStopping()) {
          return;
        }
        recover(marked);
      }
    } catch (IOException e) {
      LOG.error("recordings of the run before this one are not final: {}", Faults.text(e));
    } catch (AuditUnavailableException e) {
      LOG.warn("recordings of the run before this one are not final: {}", e.getMessage());
    }
  }

  private void recover(Markers.Marked marked) throws AuditUnavailableException {
    Path folder = folders.folder(marked.day()).resolve(marked.id());
    try {
      new Leftover(surroundings, folder, this::isStopping).finalise();
      plainMarkers.note(marked.day(), marked.id());
      leftMarkers.clear(marked);
      left.remove(marked.id());
    } catch (InterruptedIOException stopping) {
      LOG.info(
          "recording {} of a run before this one is made final at the next start", marked.id());
    } catch (IOException e) {
      // A full disk must not stop users from doing what needs no recording.
      LOG.error(
          "recording {} of the run before this one is not final, and tried again: {}",
          marked.id(),
          Faults.text(e));
    }
  }

  /** The number of recordings of the previous run that are not final. */
  int left() {
    return left.size();
  }

  private boolean isNotFinal(String id) {
    return live.containsKey(id) || left.contains(id);
  }

  /**
   * Begins the recording of a session. When this returns, its event is on disk.
   *
   * <p>If the session cannot be recorded under best effort, that is logged instead, and the
   * returned recording keeps nothing.
   *
   * @param session its id, the text of a UUID, becomes the id of the recording
   * @param begin when the session began
   * @throws RecordingException when the session must not begin: a limit is reached, or a disk
   *     cannot be written
   */
  public Recording start(AuditEvent.Connection connection, SessionFacts session, Instant begin)
      throws RecordingException {
    Manifest manifest =
        new Manifest(product, connection, session, begin, Optional.empty(), Optional.empty());
    Path folder = folders.folder(begin, session.id());
    UserDay day = days.of(session.user(), LocalDate.ofInstant(begin, ZoneOffset.UTC));
    Optional<Bound> bound = bound(day);
    if (bound.isPresent()) {
      return without(manifest, folder, day, bound.get());
    }
    Recording recording = Recording.of(surroundings, folder, day, manifest);
    if (isStopping() || live.putIfAbsent(session.id(), recording) != null) {
      throw new IllegalStateException("a recording begins twice, or after the end");
    }
    try {
      markers.set(begin, session.id());
      recording.make();
    } catch (IOException e) {
      undo(recording);
      return without(
          manifest, folder, day, new Bound(Faults.text(e), "its disk cannot be written"));
    }
    try {
      surroundings
          .audit()
          .commit(
              new RecordingEvent.RecordingStarted(begin, connection, session, folder.toString()));
    } catch (AuditUnavailableException e) {
      undo(recording);
      throw unavailable(e);
    }
    return recording;
  }

  /** The limit that keeps a recording of the user from beginning; empty when it may begin. */
  private Optional<Bound> bound(UserDay day) {
    Optional<String> low = reserve.fault();
    if (low.isPresent()) {
      return Optional.of(new Bound(low.get(), "its disk is nearly full"));
    }
    Optional<Bound> full = retention.full();
    if (full.isPresent()) {
      return full;
    }
    day.measure(room());
    return day.exceeded(settings().userBytes());
  }

  /** Bytes by which all recordings may still grow. */
  private long room() {
    return Math.min(reserve.room(), retention.room());
  }

  private void undo(Recording recording) {
    live.remove(recording.id());
    recording.undo();
    try {
      Folders.remove(recording.folder());
      markers.clear(recording.begin(), recording.id());
    } catch (IOException e) {
      LOG.warn("what is left of recording {}: {}", recording.id(), Faults.text(e));
    }
  }

  private static RecordingException unavailable(AuditUnavailableException cause) {
    return new RecordingException(CANNOT_START.formatted("the audit log cannot be written"), cause);
  }

  /** Handles a session that cannot be recorded. */
  private Recording without(Manifest manifest, Path folder, UserDay day, Bound why)
      throws RecordingException {
    String reason = why.reason();
    LOG.error("no recording of session {}: {}", manifest.id(), reason);
    RecordingEvent.RecordingFailed event =
        new RecordingEvent.RecordingFailed(
            surroundings.clock().instant(),
            manifest.connection(),
            manifest.session(),
            reason,
            surroundings.goesOn());
    return switch (surroundings.settings().guarantee()) {
      case STRICT -> {
        surroundings.audit().append(event);
        throw new RecordingException(CANNOT_START.formatted(why.words()));
      }
      case BEST_EFFORT -> {
        try {
          surroundings.audit().commit(event);
        } catch (AuditUnavailableException e) {
          throw unavailable(e);
        }
        yield Recording.none(surroundings, folder, day, manifest, reason);
      }
    };
  }

  /** The number of recordings that are not final. */
  public int live() {
    return live.size();
  }

  private void isFinal(Recording recording) {
    try {
      plainMarkers.note(LocalDate.ofInstant(recording.begin(), ZoneOffset.UTC), recording.id());
      markers.clear(recording.begin(), recording.id());
    } catch (IOException e) {
      LOG.warn("the marker of recording {} stays: {}", recording.id(), Faults.text(e));
    }
    live.remove(recording.id());
  }

  private boolean isStopping() {
    return stop.getCount() == 0;
  }

  // ---- threads ----

  private void behindOthers(Runnable round) {
    guarded(giveWay);
    everyTick(round);
  }

  private void everyTick(Runnable round) {
    try {
      while (!stop.await(TICK.toMillis(), TimeUnit.MILLISECONDS)) {
        guarded(round);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the clock", e);
    }
  }

  /** An internal error in one round must not stop later ones. */
  private static void guarded(Runnable round) {
    try {
      round.run();
    } catch (RuntimeException | Error e) {
      LOG.error("internal error in the clock of the recordings", e);
    }
  }

  void tick() {
    reserve.watch();
    Optional<String> exhausted = reserve.exhausted();
    long room = room();
    for (Recording recording : live.values()) {
      recording.day().measure(room);
      exhausted.ifPresent(recording::fail);
      recording.flush();
    }
  }

  void keep() {
    guarded(this::retry);
    if (surroundings.nanoTime().getAsLong() - nextSweep >= 0) {
      // Not timed: recovery takes long, but happens only once.
      recover();
      long begun = surroundings.nanoTime().getAsLong();
      sweep();
      long took = surroundings.nanoTime().getAsLong() - begun;
      nextSweep = begun + Math.max(SWEEP.toNanos(), took * SWEEP_SHARE);
    }
  }

  void compress() {
    compressor.run();
  }

  void retry() {
    live.values().forEach(Recording::retry);
  }

  void sweep() {
    Instant now = surroundings.clock().instant();
    days.forgetBefore(LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(1));
    try {
      retention.sweep(now);
    } catch (IOException e) {
      LOG.error("old recordings cannot be removed: {}", Faults.text(e));
    } catch (AuditUnavailableException e) {
      LOG.warn("no recording is removed: {}", e.getMessage());
    }
  }

  /**
   * Ends all live recordings. Sessions must have ended; otherwise the rest of them is not recorded.
   */
  @Override
  public void close() {
    stop.countDown();
    for (Recording recording : live.values()) {
      recording.cut(CLOSED);
    }
    awaitEnd(ticking);
    awaitEnd(keeping);
    awaitEnd(compressing);
    if (!live.isEmpty()) {
      LOG.error("{} recordings are not final; the next start tries again", live.size());
    }
  }

  /** Waits even if interrupted. */
  private static void awaitEnd(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
