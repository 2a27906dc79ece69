package dev.sallyport.review;

import dev.sallyport.audit.LogFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

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

  private final Path directory;
  private final AuditPrinter printer;
  private final AuditQuery query;

  private Optional<LogFiles.Day> current = Optional.empty();

  /** Whether nothing will be added to it. */
  private boolean complete;

  /** Behind the last whole line that was printed. */
  private long position;

  /**
   * @param directory {@code <state-dir>/audit}
   * @param printer flushed after each batch of lines
   * @param query which events are shown
   */
  public AuditFollow(Path directory, AuditPrinter printer, AuditQuery query) {
    this.directory = directory;
    this.printer = printer;
    this.query = query;
  }

  /**
   * Prints until told to stop, or the thread is interrupted, or the output is broken (a pipe whose
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
      if (printer.isBroken()) { // flushes, too
        return;
      }
      if (!last) {
        LockSupport.parkNanos(POLL.toNanos());
      }
    }
    printer.end();
  }

  private void skipToEnd() throws IOException {
    List<LogFiles.Day> days = days();
    if (days.isEmpty()) {
      return;
    }
    LogFiles.Day newest = days.getLast();
    try (LogFiles.Lines lines = newest.open(Long.MAX_VALUE)) {
      complete = lines.complete();
      position = lines.position();
    }
    current = Optional.of(newest);
    if (!complete) {
      position = beginOfLine(newest, position);
    }
  }

  /** A line that is being written begins before the end, and is shown once it is whole. */
  private static long beginOfLine(LogFiles.Day day, long end) throws IOException {
    long from = Math.max(0, end - LONGEST_LINE);
    try (LogFiles.Lines lines = day.open(from)) {
      byte[] last = lines.in().readNBytes(Math.toIntExact(end - from));
      for (int i = last.length; i > 0; i--) {
        if (last[i - 1] == '\n') {
          return from + i;
        }
      }
    }
    return from == 0 ? 0 : end;
  }

  private void catchUp() throws IOException {
    while (true) {
      // Looked for before the rest of this file is read: the log never goes back to an older file,
      // so what is read afterwards is all of it.
      Optional<LogFiles.Day> next =
          days().stream()
              .filter(day -> current.isEmpty() || day.isAfter(current.get()))
              .findFirst();
      if (current.isPresent() && !complete) {
        readOn(current.get());
      }
      if (next.isEmpty() || printer.isBroken()) {
        return;
      }
      current = next;
      position = 0;
      complete = false;
    }
  }

  private void readOn(LogFiles.Day day) throws IOException {
    try (LogFiles.Lines lines = day.open(position)) {
      read(lines);
    } catch (NoSuchFileException removed) {
      // Archived while we were reading; the next file will come.
    }
  }

  private void read(LogFiles.Lines lines) throws IOException {
    position = lines.position();
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    byte[] buffer = new byte[64 * 1024];
    long at = position;
    // Of many gigabytes no more than somebody reads, and what is found is shown at once.
    for (int count = 0; count >= 0 && !printer.isBroken(); count = lines.in().read(buffer)) {
      for (int i = 0; i < count; i++) {
        at++;
        if (buffer[i] != '\n') {
          line.write(buffer[i]);
        }
        if (buffer[i] == '\n' || line.size() >= LONGEST_LINE) {
          print(line.toString(StandardCharsets.UTF_8));
          line.reset();
          position = at;
        }
      }
    }
    complete = lines.complete();
  }

  private void print(String line) {
    if (query.matches(line)) {
      printer.add(line);
    }
  }

  private List<LogFiles.Day> days() throws IOException {
    // A name that is no date may have been given by anybody, and is read.
    return LogFiles.of(directory).stream()
        .filter(day -> query.mayBeIn(day.date().orElse(LocalDate.MAX)))
        .toList();
  }
}
