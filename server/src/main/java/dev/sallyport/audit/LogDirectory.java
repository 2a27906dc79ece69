package dev.sallyport.audit;

import dev.sallyport.support.files.PrivateFiles;
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
 * The current file of the log ({@link LogFiles}), and the sequence number, which continues through
 * all files. Used by one thread at a time, the writer, except {@link #forces}.
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

  /** Whether the last write failed, so that the end of the file may be damaged. */
  private boolean suspect;

  private final boolean lacksStop;

  private LogDirectory(Path directory, InstantSource clock, FileChannel lock) throws IOException {
    this.directory = directory;
    this.clock = clock;
    this.lock = lock;
    List<LogFiles.Day> days = LogFiles.of(directory);
    LogFiles.Day newest = days.isEmpty() ? today() : days.getLast();
    // A compressed file is complete, whichever program compressed it.
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
   * Opens the log at the end of its last file.
   *
   * @throws IOException when it cannot be written, another server writes it, or a file is damaged
   *     other than by a crash; the message says which file and what to do
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
      // Reported like a lock of another process.
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw new IOException(
        path + ": another server writes this audit log; stop it, or choose another state-dir");
  }

  /** The end of the newest file that contains an event. */
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

  /** Today, or the first later day without a compressed file, which could not be continued. */
  private LogFiles.Day today() {
    LocalDate date = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    LogFiles.Day today = LogFiles.of(directory, date);
    while (Files.exists(today.compressed())) {
      date = date.plusDays(1);
      today = LogFiles.of(directory, date);
    }
    return today;
  }

  /** Today, or the next day if the clock was set back: a file that another follows is complete. */
  private LogFiles.Day dayAfter(LogFiles.Day complete) {
    LogFiles.Day today = today();
    return today.isAfter(complete)
        ? today
        : complete.date().map(date -> LogFiles.of(directory, date.plusDays(1))).orElse(today);
  }

  /** The damaged bytes that were set aside and not logged yet; {@link #write} clears them. */
  List<LogFile.Torn> untold() {
    return List.copyOf(untold);
  }

  /** The number of forced writes. */
  long forces() {
    return forces.get();
  }

  /** Prepares the file: reopens it after a failure, and begins a new one on a new day. */
  void prepare() throws IOException {
    if (suspect) {
      try {
        reopen();
      } catch (IOException e) {
        throw named(current.path(), e);
      }
    }
    LogFiles.Day today = today();
    // The order of names is that of dates. If the clock was set back, the newer file is continued:
    // the order matters more than the date.
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

  /** Adds the file to a fault, which the kernel's message does not name. */
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
   * Numbers and writes lines. All are on disk when this returns; none is in the log when it throws.
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

  /**
   * Truncates the file at once, so that no reader sees lines that were not confirmed; {@link
   * #reopen} verifies it.
   */
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
