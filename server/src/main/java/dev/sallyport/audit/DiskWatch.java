package dev.sallyport.audit;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns when a file system that the server writes to is nearly full ({@link
 * AuditSettings#diskWarning}): in the server's log and as an audit event when this begins and when
 * it ends, and in the server's log once a day in between. A thread of its own checks once a minute.
 * It is no virtual thread, because a disk that hangs would block a carrier.
 */
public final class DiskWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DiskWatch.class);
  private static final long LOOK_SECONDS = 60;
  private static final long AGAIN_NANOS = Duration.ofDays(1).toNanos();

  /**
   * Percent below the limit at which the warning ends, so that a disk at the limit does not fill
   * the log.
   */
  private static final int MARGIN = 2;

  /** Measures how full the file system of a path is. */
  @FunctionalInterface
  interface Measure {
    DiskUsage of(Path path) throws IOException;
  }

  /** One file system, by one of the paths on it. */
  private static final class Watched {
    private final Path path;

    /**
     * The time of the last warning, by {@link System#nanoTime}; empty while there is free space.
     */
    private Optional<Long> warned = Optional.empty();

    private boolean unknown;

    Watched(Path path) {
      this.path = path;
    }
  }

  private final AuditLog log;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Measure measure;
  private final List<Watched> watched;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile AuditSettings settings;

  /**
   * Begins; must be closed before the log.
   *
   * @param paths folders that the server writes to; each of their file systems is watched once
   */
  public DiskWatch(List<Path> paths, AuditLog log, AuditSettings settings) {
    this(oneOfEach(paths), log, settings, InstantSource.system(), System::nanoTime, DiskUsage::of);
    thread.start();
  }

  /** Does not begin: a test calls {@link #look}. */
  DiskWatch(
      List<Path> paths,
      AuditLog log,
      AuditSettings settings,
      InstantSource clock,
      LongSupplier nanoTime,
      Measure measure) {
    this.log = log;
    this.settings = settings;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.measure = measure;
    this.watched = paths.stream().map(Watched::new).toList();
    this.thread = Thread.ofPlatform().name("disk-watch").daemon().unstarted(this::run);
  }

  /**
   * The first path on each file system. A path that cannot be examined is kept, and tried again.
   */
  public static List<Path> oneOfEach(List<Path> paths) {
    Map<FileStore, Path> stores = new LinkedHashMap<>();
    List<Path> unknown = new ArrayList<>();
    for (Path path : paths) {
      try {
        stores.putIfAbsent(Files.getFileStore(DiskUsage.existing(path)), path);
      } catch (IOException e) {
        unknown.add(path);
      }
    }
    unknown.addAll(0, stores.values());
    return unknown;
  }

  /** Applies from the next check on. */
  public void apply(AuditSettings other) {
    settings = other;
  }

  private void run() {
    try {
      do {
        look();
      } while (!closed.await(LOOK_SECONDS, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the disk watch", e);
    }
  }

  void look() {
    int limit = settings.diskWarning();
    for (Watched one : watched) {
      try {
        look(one, measure.of(one.path), limit);
        one.unknown = false;
      } catch (IOException e) {
        if (!one.unknown) {
          LOG.error(
              "cannot find out how full the file system of {} is: {}", one.path, e.toString());
        }
        one.unknown = true;
      } catch (RuntimeException e) {
        if (!one.unknown) {
          LOG.error("internal error while checking the file system of {}", one.path, e);
        }
        one.unknown = true;
      }
    }
  }

  private void look(Watched one, DiskUsage usage, int limit) {
    int percent = usage.percent();
    long now = nanoTime.getAsLong();
    if (one.warned.isEmpty() && percent >= limit) {
      one.warned = Optional.of(now);
      warn(one, usage);
      record(one, usage, limit, true);
    } else if (one.warned.isPresent() && percent < Math.max(1, limit - MARGIN)) {
      one.warned = Optional.empty();
      LOG.warn("the file system of {} has room again: {} % are used", one.path, percent);
      record(one, usage, limit, false);
    } else if (one.warned.isPresent() && now - one.warned.get() >= AGAIN_NANOS) {
      one.warned = Optional.of(now);
      warn(one, usage);
    }
  }

  private static void warn(Watched one, DiskUsage usage) {
    LOG.warn("{}", text(one.path, usage));
  }

  /** The text of the warning. */
  public static String text(Path path, DiskUsage usage) {
    return ("the file system of %s is %d %% full, and %d MiB are free: when it is full, nothing is"
            + " granted to anybody")
        .formatted(path, usage.percent(), usage.freeBytes() >> 20);
  }

  private void record(Watched one, DiskUsage usage, int limit, boolean low) {
    log.append(
        new AuditEvent.DiskSpace(
            clock.instant(), one.path.toString(), usage.percent(), usage.freeBytes(), limit, low));
  }

  @Override
  public void close() {
    closed.countDown();
    // Does not wait for the thread: a disk that hangs must not delay the stop.
  }
}
