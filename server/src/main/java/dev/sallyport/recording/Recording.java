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
 * <p>Bytes are with the kernel half a second after they were given, so that a killed process loses
 * no more; they are on disk when {@link #end} returns.
 */
public final class Recording {
  private static final Logger LOG = LoggerFactory.getLogger(Recording.class);

  /** Longest command in bytes that is kept whole; of a longer one, the rest would be hidden. */
  public static final int LONGEST_COMMAND = ManifestFile.LONGEST_COMMAND;

  private static final String MUST_END =
      "this session must be recorded, and its record cannot be written any more, so it ends; tell"
          + " the operator of the bastion";
  private static final String HAS_ENDED = "the recording of this session has ended";

  /** Something that writes. */
  @FunctionalInterface
  interface Write {
    void run() throws IOException;
  }

  /** How the session ended, as {@link #end} was told. */
  private record Wish(
      Instant at, Optional<Integer> exitStatus, Optional<String> exitSignal, String reason) {}

  private final Surroundings surroundings;
  private final Path folder;

  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private Manifest manifest;
  private Optional<Tracks> tracks = Optional.empty();
  private Optional<String> fault;
  private Optional<Wish> wish = Optional.empty();

  /** Held while the recording is made final; taken before {@link #lock}. */
  private final ReentrantLock finalising = new ReentrantLock();

  // Guarded by finalising.
  private Optional<Manifest.Ending> sealed = Optional.empty();
  private Map<String, String> hashes = Map.of();
  private Stage stage = Stage.LIVE;

  private enum Stage {
    LIVE,
    FINAL
  }

  /**
   * @param fault why nothing is recorded from the beginning, if so; the folder is not there then
   */
  Recording(Surroundings surroundings, Path folder, Manifest manifest, Optional<String> fault) {
    this.surroundings = surroundings;
    this.folder = folder;
    this.manifest = manifest;
    this.fault = fault;
    if (fault.isPresent()) {
      stage = Stage.FINAL;
    }
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
    Exec exec = new Exec(this, folder, surroundings.settings().execOutputBytes());
    begin(content, exec, () -> {});
    return exec;
  }

  private void begin(Manifest.Content content, Tracks begun, Write open) throws RecordingException {
    write(() -> {
      if (tracks.isPresent()) {
        throw new IllegalStateException("one recording holds one session");
      }
      manifest = manifest.with(content);
      ManifestFile.write(folder, manifest);
      open.run();
      tracks = Optional.of(begun);
    });
  }

  /**
   * The record lacks something for good that the rule demands, and that no disk is to blame for.
   *
   * @param sentence for the user: what cannot be recorded
   * @throws RecordingException when the guarantee is strict: the session must end
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

  /** Writes, if that is still to be done. */
  void write(Write action) throws RecordingException {
    lock.lock();
    try {
      if (wish.isEmpty() && fault.isEmpty()) {
        try {
          action.run();
          return;
        } catch (IOException e) {
          failed(e);
        }
      }
      switch (surroundings.settings().guarantee()) {
        case STRICT -> throw new RecordingException(fault.isPresent() ? MUST_END : HAS_ENDED);
        case BEST_EFFORT -> {}
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Hands what is buffered to the kernel; called by the clock of all recordings. When that fails,
   * the next write says so: until then no byte passes, and none is missing.
   */
  void flush() {
    lock.lock();
    try {
      if (tracks.isPresent() && wish.isEmpty() && fault.isEmpty()) {
        tracks.get().flush();
      }
    } catch (IOException e) {
      failed(e);
    } finally {
      lock.unlock();
    }
  }

  /**
   * It cannot be written any more, for a reason that no write has met yet.
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

  /** Told once. */
  private void failed(IOException e) {
    if (fault.isPresent()) {
      return;
    }
    String reason = Faults.text(e);
    fault = Optional.of(reason);
    boolean goesOn = surroundings.goesOn();
    LOG.error(
        "recording {} cannot be written: {}; {}",
        id(),
        reason,
        goesOn ? "the session goes on without it" : "the session ends");
    surroundings
        .audit()
        .append(
            new RecordingEvent.RecordingFailed(
                surroundings.clock().instant(),
                manifest.connection(),
                manifest.session(),
                reason,
                goesOn));
  }

  /**
   * Ends the recording: all of it is on disk, and its hashes in the audit log, when this returns.
   * What cannot be made final now, because the disk is full or the audit log cannot be written, is
   * tried again until it can, if need be at the next start. Calls after the first change nothing.
   *
   * @param reason why the session ended, for the audit log
   * @return SHA-256 by file name, lower-case hexadecimal; what is known so far when it could not be
   *     made final
   */
  public Map<String, String> end(
      Optional<Integer> exitStatus, Optional<String> exitSignal, String reason) {
    lock.lock();
    try {
      if (wish.isEmpty() && fault.isEmpty() && tracks.isPresent()) {
        tracks.get().end();
      }
    } catch (IOException e) {
      failed(e);
    } finally {
      if (wish.isEmpty()) {
        wish =
            Optional.of(new Wish(surroundings.clock().instant(), exitStatus, exitSignal, reason));
      }
      lock.unlock();
    }
    return finish();
  }

  /** Makes final what has ended, and could not be made final then. */
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

  /** The files' end. Nobody writes any more, so the lock is not held while the disk works. */
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
    SortedMap<String, Manifest.FileFacts> files =
        last.isPresent() ? last.get().finish() : new TreeMap<>(Leftover.files(folder));
    lock.lock();
    try {
      return new Manifest.Ending(
          how.at(), how.exitStatus(), how.exitSignal(), how.reason(), fault.isPresent(), files);
    } finally {
      lock.unlock();
    }
  }
}
