package dev.sallyport.recording;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditUnavailableException;
import dev.sallyport.audit.RecordingEvent;
import dev.sallyport.audit.SessionFacts;
import dev.sallyport.spi.PrivateFiles;
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
 * <p>One clock, a virtual thread, hands what live recordings buffer to the kernel twice a second,
 * and watches the reserve. What may take longer is on a thread of its own, so that the clock never
 * waits for it: that one makes final what a crash left, and what could not be made final when it
 * ended, and removes what may not be kept any more. It computes hashes, so it is a platform thread:
 * the kernel lets users run beside it.
 *
 * <p>A third thread compresses what is final. So at most one recording is compressed at a time.
 */
public final class Recordings implements AutoCloseable {
  /** What a killed process loses of a recording, at most. */
  static final Duration TICK = Duration.ofMillis(500);

  private static final Duration SWEEP = Duration.ofMinutes(1);

  /** Looking through many recordings for what is too much may take a hundredth of the time. */
  private static final int SWEEP_SHARE = 100;

  private static final String CLOSED = "the bastion was stopped";

  private static final String CANNOT_START =
      "this session must be recorded, and that is not possible now: %s; tell the operator of the"
          + " bastion";

  private static final Logger LOG = LoggerFactory.getLogger(Recordings.class);

  private final Folders folders;
  private final Markers markers;

  /** Marks what the run before left; read by {@link #keeping}. */
  private final Markers leftMarkers;

  /** The ids of these. */
  private final Set<String> left = ConcurrentHashMap.newKeySet();

  private final Surroundings surroundings;
  private volatile RecordingSettings settings;
  private final Markers plainMarkers;
  private final Reserve reserve;
  private final Retention retention;
  private final UserDays days;
  private final Compressor compressor;
  private final String product;

  /** Those that are not final yet. */
  private final Map<String, Recording> live = new ConcurrentHashMap<>();

  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread ticking;
  private final Thread keeping;
  private final Thread compressing;

  /** Set before the threads start. */
  private Runnable giveWay = () -> {};

  /** As {@link Surroundings#nanoTime}; for {@link #keeping} only. */
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
   * Opens the recordings; nothing is told to the audit log before {@link #begin}. The caller holds
   * that log, so nobody else writes these recordings.
   *
   * @param root {@code <state-dir>/recordings}; made with mode 0700 when it is not there
   * @param version the product's, for the manifests
   * @throws IOException when they cannot be written; the text says what to do
   */
  public static Recordings open(
      Path root, RecordingSettings settings, AuditLog audit, String version) throws IOException {
    Path absolute = root.toAbsolutePath();
    // Which says 0 when it cannot tell: then nothing starts.
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
   * @param free bytes that the disk still takes
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
   * Begins to keep and to remove, and to make final what a crash left. That may take as long as it
   * takes to read all of it, so that nobody waits for it: its events come when it is done.
   *
   * @throws IOException when the folder cannot be read; the text says what to do
   */
  public void begin() throws IOException {
    begin(() -> {});
  }

  /**
   * As {@link #begin()}.
   *
   * @param giveWay what the threads do first that compute and are not waited for, so that the
   *     kernel prefers others to them
   */
  public void begin(Runnable giveWay) throws IOException {
    this.giveWay = giveWay;
    takeOver();
    ticking.start();
    keeping.start();
    compressing.start();
  }

  /** Marks the recordings that are live, which is before any begins, as left by a crash. */
  void takeOver() throws IOException {
    markers.moveTo(leftMarkers);
    leftMarkers.all().forEach(marked -> left.add(marked.id()));
  }

  private RecordingSettings settings() {
    return settings;
  }

  /** From now on, for what is live too. */
  public void apply(RecordingSettings other) {
    settings = other;
  }

  /**
   * Makes final what the run before left. What cannot be, because the disk has no room or the audit
   * log cannot be written, is tried again.
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
      // A disk without room must not keep users out of what needs no recording.
      LOG.error(
          "recording {} of the run before this one is not final, and tried again: {}",
          marked.id(),
          Faults.text(e));
    }
  }

  /** How many that the run before left are not final yet. */
  int left() {
    return left.size();
  }

  private boolean isNotFinal(String id) {
    return live.containsKey(id) || left.contains(id);
  }

  /**
   * Begins the recording of a session. When this returns, the audit log says so, on disk.
   *
   * <p>When the guarantee is best effort and there can be no recording, the audit log says that
   * instead, and the recording returned keeps nothing.
   *
   * @param session its id, the text of a UUID, becomes the recording's
   * @param begin when the session began
   * @throws RecordingException when the session must not begin: below the reserve, or when a disk
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

  /** Why no recording of the user may begin now; empty when one may. */
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

  /** Bytes that all recordings may still take. */
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

  /** What happens when there can be no recording. */
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

  /** How many are not final yet. */
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

  // The three threads.

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

  /** A fault of ours in one round must not stop all later ones. */
  private static void guarded(Runnable round) {
    try {
      round.run();
    } catch (RuntimeException | Error e) {
      LOG.error("a fault of ours in the clock of the recordings", e);
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
      // Not timed: to hash what a crash left takes long once, and no later sweep does it again.
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

  /** Ends what is live. Sessions must have ended; of those that have not, the rest is missing. */
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

  /** Whatever interrupts the waiting. */
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
