package dev.sallyport.review;

import dev.sallyport.audit.ReadableLine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Prints the audit log as it grows, one readable line an event, from file to file. Only reads. The
 * folder need not be there yet. For one thread.
 */
public final class AuditFollow {
  /** Where to begin. */
  public enum Start {
    /** With the first event that is written from now on. */
    NOW,
    /** With the oldest event there is. */
    BEGINNING
  }

  /** How long an event may be in the log before it is shown. */
  private static final Duration POLL = Duration.ofMillis(200);

  /** No event is that long; what is, is shown in pieces and not gathered in memory. */
  private static final int LONGEST_LINE = 1 << 20;

  private static final Pattern NAME = Pattern.compile("audit-(\\d{4}-\\d{2}-\\d{2})\\.jsonl");

  private final Path directory;
  private final PrintStream out;
  private final ReadableLine readable;
  private final AuditQuery query;

  private Optional<Path> current = Optional.empty();

  /** Behind the last whole line that was printed. */
  private long position;

  /**
   * @param directory {@code <state-dir>/audit}
   * @param out flushed after each batch of lines
   * @param zone in which times are shown
   * @param query which events are shown
   */
  public AuditFollow(Path directory, PrintStream out, ZoneId zone, AuditQuery query) {
    this.directory = directory;
    this.query = query;
    this.out = out;
    this.readable = new ReadableLine(zone);
  }

  /**
   * Prints until told to stop, or the thread is interrupted, or {@code out} is broken (a pipe whose
   * reader went away). What is in the log when {@code stop} becomes true is still printed.
   *
   * @param stop asked after each look at the log, about five times a second
   * @throws IOException when the log is there and cannot be read
   */
  public void run(Start start, BooleanSupplier stop) throws IOException {
    switch (start) {
      case NOW -> skipToEnd();
      case BEGINNING -> {}
    }
    boolean last = false;
    while (!last) {
      last = stop.getAsBoolean() || Thread.currentThread().isInterrupted();
      catchUp();
      if (out.checkError()) { // flushes, too
        return;
      }
      if (!last) {
        LockSupport.parkNanos(POLL.toNanos());
      }
    }
  }

  private void skipToEnd() throws IOException {
    List<Path> files = files(name -> true);
    if (files.isEmpty()) {
      return;
    }
    Path newest = files.getLast();
    try (FileChannel channel = FileChannel.open(newest, StandardOpenOption.READ)) {
      // Not behind a line that is being written: it is shown once it is whole.
      long end = channel.size();
      ByteBuffer one = ByteBuffer.allocate(1);
      while (end > 0 && channel.read(one.clear(), end - 1) == 1 && one.get(0) != '\n') {
        end--;
      }
      current = Optional.of(newest);
      position = end;
    }
  }

  private void catchUp() throws IOException {
    while (true) {
      // Looked for before the rest of this file is read: the log never goes back to an older file,
      // so what is read afterwards is all of it.
      Optional<Path> next =
          files(name -> current.isEmpty() || name.compareTo(name(current.get())) > 0).stream()
              .findFirst();
      if (current.isPresent()) {
        readOn(current.get());
      }
      if (next.isEmpty() || out.checkError()) {
        return;
      }
      current = next;
      position = 0;
    }
  }

  private void readOn(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      // A log that was cut back took back lines that were never acknowledged.
      position = Math.min(position, channel.size());
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
      long at = position;
      // Of many gigabytes no more than somebody reads, and what is found is shown at once.
      while (!out.checkError() && channel.read(buffer.clear(), at) > 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          byte b = buffer.get();
          at++;
          if (b != '\n') {
            line.write(b);
          }
          if (b == '\n' || line.size() >= LONGEST_LINE) {
            print(line.toString(StandardCharsets.UTF_8));
            line.reset();
            position = at;
          }
        }
      }
    } catch (NoSuchFileException removed) {
      // Archived while we were reading; the next file will come.
    }
  }

  private void print(String line) {
    if (query.matches(line)) {
      out.println(readable.of(line));
    }
  }

  private List<Path> files(Predicate<String> wanted) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .filter(path -> NAME.matcher(name(path)).matches() && wanted.test(name(path)))
          .filter(path -> query.mayBeIn(dayOf(path)))
          .sorted()
          .toList();
    } catch (NoSuchFileException notYet) {
      return List.of();
    }
  }

  /** A name that is no date may have been given by anybody, and is read. */
  private static LocalDate dayOf(Path path) {
    Matcher matcher = NAME.matcher(name(path));
    try {
      return matcher.matches() ? LocalDate.parse(matcher.group(1)) : LocalDate.MAX;
    } catch (DateTimeException noDate) {
      return LocalDate.MAX;
    }
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }
}
