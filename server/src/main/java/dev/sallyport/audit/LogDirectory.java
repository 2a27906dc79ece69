package dev.sallyport.audit;

import dev.sallyport.spi.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The file of the log that is written ({@link LogFiles}), and the sequence that runs through all of
 * them. Used by one thread at a time, the writer, but for {@link #forces}.
 */
final class LogDirectory implements AutoCloseable {
  private final Path directory;
  private final InstantSource clock;
  private final FileChannel lock;
  private final AtomicLong forces = new AtomicLong();
  private final List<LogFile.Torn> untold = new ArrayList<>();
  private LogFiles.Day day;
  private LogFile current;
  private long sequence;

  /** Whether the last write failed, so that the file's end cannot be trusted. */
  private boolean suspect;

  private final boolean lacksStop;

  private LogDirectory(Path directory, InstantSource clock, FileChannel lock) throws IOException {
    this.directory = directory;
    this.clock = clock;
    this.lock = lock;
    List<LogFiles.Day> days = LogFiles.of(directory);
    LogFiles.Day newest = days.isEmpty() ? today() : days.getLast();
    // A compressed file is complete, whoever compressed it.
    this.day =
        Files.exists(newest.compressed()) && !Files.exists(newest.plain())
            ? dayAfter(newest)
            : newest;
    this.current = LogFile.open(day.plain());
    try {
      current.setTornAside().ifPresent(untold::add);
      LogTail last = lastTail(current, days.stream().filter(day::isAfter).toList());
      this.sequence = last.sequence().orElse(0);
      this.lacksStop = last.sequence().isPresent() && !last.stopped();
    } catch (IOException | RuntimeException e) {
      current.close();
      throw e;
    }
  }

  /**
   * Opens the log where its last file ends.
   *
   * @throws IOException when it cannot be written, another server writes it, or a file is damaged
   *     in a way that no crash explains; the text says which file and what to do
   */
  static LogDirectory open(Path directory, InstantSource clock) throws IOException {
    Files.createDirectories(directory, PrivateFiles.FOLDER);
    FileChannel lock = lock(directory.resolve("lock"));
    try {
      return new LogDirectory(directory, clock, lock);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static FileChannel lock(Path path) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), PrivateFiles.FILE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException ours) {
      // The same answer as for another process.
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw new IOException(
        path + ": another server writes this audit log; stop it, or choose another state-dir");
  }

  /** The end of the newest file that holds an event. */
  private static LogTail lastTail(LogFile newest, List<LogFiles.Day> before) throws IOException {
    LogTail last = newest.tail();
    for (int i = before.size() - 1; last.sequence().isEmpty() && i >= 0; i--) {
      last = LogFile.tail(before.get(i));
    }
    return last;
  }

  boolean lacksStop() {
    return lacksStop;
  }

  /**
   * Or the first day after it that no compressed file is there of, which could not be gone on with.
   */
  private LogFiles.Day today() {
    LocalDate date = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    LogFiles.Day today = LogFiles.of(directory, date);
    while (Files.exists(today.compressed())) {
      date = date.plusDays(1);
      today = LogFiles.of(directory, date);
    }
    return today;
  }

  /** Today, or the next one when the clock was set back: a file before another is complete. */
  private LogFiles.Day dayAfter(LogFiles.Day complete) {
    LogFiles.Day today = today();
    return today.isAfter(complete)
        ? today
        : complete.date().map(date -> LogFiles.of(directory, date.plusDays(1))).orElse(today);
  }

  /** What was set aside and is not yet told in the log; {@link #write} takes it as told. */
  List<LogFile.Torn> untold() {
    return List.copyOf(untold);
  }

  /** How often lines were forced to disk. */
  long forces() {
    return forces.get();
  }

  /** Gets the right file ready: the old one again after a failure, a new one on a new day. */
  void prepare() throws IOException {
    if (suspect) {
      try {
        reopen();
      } catch (IOException e) {
        throw named(current.path(), e);
      }
    }
    LogFiles.Day today = today();
    // By name is by date. A clock that jumped back stays in the newer file: order before date.
    if (today.isAfter(day)) {
      try {
        rotateTo(today);
      } catch (IOException e) {
        throw named(today.plain(), e);
      }
    }
  }

  private void rotateTo(LogFiles.Day today) throws IOException {
    LogFile next = LogFile.open(today.plain());
    current.close();
    current = next;
    day = today;
  }

  /** The fault with its file, which the kernel's words leave out. */
  private static IOException named(Path path, IOException fault) {
    String words = Objects.requireNonNullElse(fault.getMessage(), "");
    if (fault instanceof FileSystemException precise) {
      words =
          precise.getClass().getSimpleName()
              + (precise.getReason() == null ? "" : ": " + precise.getReason());
    }
    return new IOException(path + ": " + words, fault);
  }

  private void reopen() throws IOException {
    LogFile fresh = LogFile.open(current.path());
    try {
      current.recoverInto(fresh).ifPresent(untold::add);
    } catch (IOException | RuntimeException e) {
      fresh.close();
      throw e;
    }
    LogFile old = current;
    current = fresh;
    suspect = false;
    old.close();
  }

  /**
   * Numbers the lines and writes them: all are on disk when this returns, and none is in the log
   * when it throws.
   */
  void write(List<byte[]> encoded) throws IOException {
    List<byte[]> lines = new ArrayList<>(encoded.size());
    int size = 0;
    for (byte[] one : encoded) {
      byte[] line = OcsfEncoder.line(one, sequence + lines.size() + 1);
      lines.add(line);
      size += line.length;
    }
    ByteBuffer buffer = ByteBuffer.allocate(size);
    lines.forEach(buffer::put);
    try {
      forces.incrementAndGet();
      current.append(buffer.flip());
    } catch (IOException e) {
      suspect = true;
      cutBack(e);
      throw named(current.path(), e);
    }
    sequence += lines.size();
    untold.clear();
  }

  /** At once, so that no reader takes for written what is not; {@link #reopen} makes sure. */
  private void cutBack(IOException fault) {
    try {
      current.cutBack();
    } catch (IOException e) {
      fault.addSuppressed(e);
    }
  }

  @Override
  public void close() throws IOException {
    try (lock) {
      current.close();
    }
  }
}
