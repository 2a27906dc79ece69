package dev.sallyport.audit;

import dev.sallyport.support.files.PrivateFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compresses and removes old files of the log ({@link AuditSettings#compressAfter}, {@link
 * AuditSettings#maxAge}): whole days only, and never the newest file, which may be in use. Each of
 * these acts is logged before a file is removed, so a later line explains every gap in the log.
 *
 * <p>After a crash at any point, the lines of a day are still in one file at least. If both exist,
 * the uncompressed one counts, and the next round compresses it again; its event may then be in the
 * log twice.
 *
 * <p>A thread of its own checks once a minute. It is no virtual thread, because compression takes
 * processor time, and only platform threads are preempted.
 */
public final class LogArchive implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogArchive.class);
  private static final long LOOK_SECONDS = 60;

  /** Suffix of an unfinished file, which readers ignore. */
  private static final String UNFINISHED = ".new";

  private final Path directory;
  private final AuditLog log;
  private final InstantSource clock;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile AuditSettings settings;

  /**
   * Files that could not be read, compressed or removed, each of which is logged once. For the
   * thread only.
   */
  private final Set<Path> left = new HashSet<>();

  /** Whether the last listing of the folder failed, which is logged once. For the thread only. */
  private boolean unlisted;

  /**
   * Begins; must be closed before the log.
   *
   * @param directory {@code <state-dir>/audit}
   */
  public LogArchive(Path directory, AuditLog log, AuditSettings settings) {
    this(directory, log, settings, InstantSource.system());
    thread.start();
  }

  /** Does not begin: a test calls {@link #sweep}. */
  LogArchive(Path directory, AuditLog log, AuditSettings settings, InstantSource clock) {
    this.directory = directory.toAbsolutePath();
    this.log = log;
    this.settings = settings;
    this.clock = clock;
    this.thread = Thread.ofPlatform().name("audit-archive").daemon().unstarted(this::run);
  }

  /** Applies from the next round on. */
  public void apply(AuditSettings other) {
    settings = other;
  }

  private void run() {
    try {
      do {
        sweep();
      } while (!closed.await(LOOK_SECONDS, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the archive", e);
    }
  }

  private boolean isStopping() {
    return closed.getCount() == 0;
  }

  /** One round. A failure with one file does not stop the others. */
  void sweep() {
    Instant now = clock.instant();
    AuditSettings current = settings;
    try {
      List<LogFiles.Day> days = days();
      for (LogFiles.Day day : days.subList(0, Math.max(0, days.size() - 1))) {
        if (isStopping()) {
          return;
        }
        sweep(day, now, current);
      }
    } catch (AuditUnavailableException e) {
      LOG.warn("no file of the audit log is compressed or removed now: {}", e.getMessage());
    } catch (RuntimeException | Error e) {
      LOG.error("internal error while checking the audit log's old files", e);
    }
  }

  /** The files of the log; none while the folder cannot be listed, which is logged once. */
  private List<LogFiles.Day> days() {
    try {
      List<LogFiles.Day> days = LogFiles.of(directory);
      unlisted = false;
      return days;
    } catch (IOException e) {
      if (!unlisted) {
        LOG.error("the files of the audit log cannot be listed: {}", e.toString());
      }
      unlisted = true;
      return List.of();
    }
  }

  private void sweep(LogFiles.Day day, Instant now, AuditSettings current)
      throws AuditUnavailableException {
    try {
      if (isOlder(day, now, current.maxAge())) {
        remove(day, now, current.maxAge());
      } else if (isOlder(day, now, current.compressAfter()) && Files.exists(day.plain())) {
        compress(day, now);
      }
      left.remove(day.plain());
    } catch (LogContents.StoppedException e) {
      LOG.debug("left for the next start: {}", day.name());
    } catch (IOException e) {
      leave(day.plain(), e);
    }
  }

  /** Whether the whole day is older than that. */
  private static boolean isOlder(LogFiles.Day day, Instant now, Duration age) {
    return !age.isZero()
        && day.date()
            .map(date -> date.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant().plus(age))
            .filter(due -> !due.isAfter(now))
            .isPresent();
  }

  private void leave(Path file, IOException fault) {
    if (left.add(file)) {
      LOG.error(
          "{} is due to be compressed or removed and could not be; retried every minute: {}",
          file,
          fault.toString());
    }
  }

  // ---- compress ----

  private void compress(LogFiles.Day day, Instant now)
      throws IOException, AuditUnavailableException {
    Path unfinished = unfinished(day);
    LogContents before;
    LogContents after;
    try {
      before = writeCompressed(day.plain(), unfinished);
      after = LogContents.ofCompressed(unfinished, this::isStopping);
      check(day.plain(), before, after);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(unfinished);
      throw e;
    }
    Files.move(unfinished, day.compressed(), StandardCopyOption.ATOMIC_MOVE);
    PrivateFiles.force(directory);
    log.commit(
        new AuditEvent.LogFileCompressed(
            now,
            before.file(),
            new StoredFile(
                day.compressed().toString(), after.file().bytes(), after.file().sha256()),
            before.span()));
    Files.delete(day.plain());
    PrivateFiles.force(directory);
    LOG.info(
        "compressed {}: {} bytes to {}", day.name(), before.file().bytes(), after.file().bytes());
  }

  private Path unfinished(LogFiles.Day day) {
    return directory.resolve(day.name() + LogFiles.COMPRESSED + UNFINISHED);
  }

  private LogContents writeCompressed(Path plain, Path unfinished) throws IOException {
    Files.deleteIfExists(unfinished);
    try (FileChannel channel =
        FileChannel.open(
            unfinished,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PrivateFiles.FILE)) {
      LogContents contents;
      // Not closed, because that would close the channel before it is forced.
      OutputStream file = Channels.newOutputStream(channel);
      GZIPOutputStream gzip = new GZIPOutputStream(file, LogFiles.BUFFER);
      contents = LogContents.ofPlain(plain, gzip, this::isStopping);
      gzip.finish();
      channel.force(true);
      return contents;
    }
  }

  /** Verifies the compressed file before the plain one is removed. */
  private static void check(Path plain, LogContents before, LogContents after) throws IOException {
    if (!after.lines().sha256().equals(before.file().sha256())) {
      throw new IOException("what was compressed reads back as something else");
    }
    if (Files.size(plain) != before.file().bytes()) {
      throw new IOException("another program changed its length meanwhile");
    }
  }

  // ---- remove ----

  private void remove(LogFiles.Day day, Instant now, Duration maxAge)
      throws IOException, AuditUnavailableException {
    String reason = "it is older than " + maxAge.toDays() + " days (audit.max-age)";
    Files.deleteIfExists(unfinished(day));
    for (Path file : filesOf(day)) {
      LogContents contents =
          LogFiles.nameOf(file).endsWith(LogFiles.COMPRESSED)
              ? LogContents.ofCompressed(file, this::isStopping)
              : LogContents.ofPlain(file, OutputStream.nullOutputStream(), this::isStopping);
      log.commit(new AuditEvent.LogFileRemoved(now, contents.file(), contents.span(), reason));
      Files.delete(file);
      PrivateFiles.force(directory);
      LOG.info("removed {}: {}", file, reason);
    }
  }

  /** The file of the day, and the files that a crash has set aside. */
  private List<Path> filesOf(LogFiles.Day day) throws IOException {
    return PrivateFiles.list(directory).stream()
        .filter(path ->
            LogFiles.nameOf(path).equals(day.name())
                || LogFiles.nameOf(path).startsWith(day.name() + "."))
        .sorted()
        .toList();
  }

  /** Ends. Work in progress is abandoned, and repeated at the next start. */
  @Override
  public void close() {
    closed.countDown();
    if (thread.isAlive()) {
      AuditLog.join(thread);
    }
  }
}
