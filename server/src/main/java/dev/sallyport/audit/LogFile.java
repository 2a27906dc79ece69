package dev.sallyport.audit;

import dev.sallyport.model.Sha256;
import dev.sallyport.support.files.PrivateFiles;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipException;

/**
 * One file of the log. Used by one thread at a time, the writer, which is never interrupted: NIO
 * closes the channel of an interrupted thread.
 */
final class LogFile implements AutoCloseable {
  /**
   * Damaged bytes that were moved to another file.
   *
   * @param file their original file
   * @param aside the file that contains them now
   * @param sha256 in lower-case hexadecimal
   */
  record Torn(Path file, Path aside, long bytes, String sha256) {}

  private final Path path;
  private final FileChannel channel;
  private final String identity;

  /** The position after the last line that is certainly on disk. */
  private long end;

  /** Whether data after {@link #end} is from a write of ours that failed or is in progress. */
  private boolean dirty;

  private LogFile(Path path, FileChannel channel, String identity, long end) {
    this.path = path;
    this.channel = channel;
    this.identity = identity;
    this.end = end;
  }

  /** Opens a file, and creates it if it does not exist; durable when this returns. */
  static LogFile open(Path path) throws IOException {
    Set<OpenOption> options =
        Set.of(
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);
    FileChannel channel = FileChannel.open(path, options, PrivateFiles.FILE);
    try {
      channel.force(true);
      forceDirectory(path);
      return new LogFile(path, channel, identityOf(path), channel.size());
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  Path path() {
    return path;
  }

  boolean isEmpty() {
    return end == 0;
  }

  /** The end of an earlier day's file, which must be intact. */
  static LogTail tail(LogFiles.Day day) throws IOException {
    Path path = Files.exists(day.plain()) ? day.plain() : day.compressed();
    LogTail tail;
    if (path.equals(day.plain())) {
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
        tail = LogTail.read(path, channel);
      }
    } else {
      try (LogFiles.Lines lines = day.open(0)) {
        tail = LogTail.read(path, lines.in());
      } catch (ZipException | EOFException e) {
        throw new IOException(
            path + ": cannot be read as gzip (" + e.getMessage() + "); move it to another folder",
            e);
      }
    }
    if (tail.isTorn()) {
      throw new IOException(
          path
              + ": its end is not an audit event, and later files follow it; move the file to"
              + " another folder and start again");
    }
    return tail;
  }

  /** The end of this file. */
  LogTail tail() throws IOException {
    return LogTail.read(path, channel);
  }

  /**
   * Moves an incomplete event at the end to a separate file. It is on disk there before it is cut
   * from the log, so a crash in between leaves it twice and never loses it.
   */
  Optional<Torn> setTornAside() throws IOException {
    return setAside(LogTail.read(path, channel).end());
  }

  private Optional<Torn> setAside(long from) throws IOException {
    long excess = channel.size() - from;
    if (excess <= 0) {
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(excess));
    while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) >= 0) {}
    bytes.flip();
    Path aside = writeAside(bytes.duplicate());
    cutTo(from);
    return Optional.of(new Torn(path, aside, bytes.remaining(), Sha256.of(bytes)));
  }

  private Path writeAside(ByteBuffer bytes) throws IOException {
    for (int n = 1; ; n++) {
      Path aside = path.resolveSibling(path.getFileName() + ".torn-" + n);
      try (FileChannel copy =
          FileChannel.open(
              aside,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PrivateFiles.FILE)) {
        while (bytes.hasRemaining()) {
          copy.write(bytes);
        }
        copy.force(true);
        forceDirectory(aside);
        return aside;
      } catch (FileAlreadyExistsException taken) {
        // It belongs to an earlier crash: try the next number.
      }
    }
  }

  /** Writes complete lines, which are on disk when this returns. */
  void append(ByteBuffer lines) throws IOException {
    checkUntouched();
    dirty = true;
    long at = end;
    while (lines.hasRemaining()) {
      at += channel.write(lines, at);
    }
    channel.force(false); // fdatasync: the size is part of it, the times are not
    end = at;
    dirty = false;
  }

  /** Fails if the file was removed, replaced or truncated: otherwise later lines would be lost. */
  private void checkUntouched() throws IOException {
    String now;
    try {
      now = identityOf(path);
    } catch (NoSuchFileException gone) {
      throw new IOException("the file was removed while it was written", gone);
    }
    if (!now.equals(identity)) {
      throw new IOException("the file was replaced while it was written");
    }
    long size = channel.size();
    if (size != end) {
      throw new IOException("another program changed its length from " + end + " to " + size);
    }
  }

  /** Removes the data of a failed {@link #append}. */
  void cutBack() throws IOException {
    if (dirty && channel.size() > end) {
      cutTo(end);
    }
  }

  private void cutTo(long size) throws IOException {
    channel.truncate(size);
    channel.force(true);
    end = size;
  }

  /**
   * Prepares the same file after a failure, through a new descriptor.
   *
   * <p>A failed fsync must not just be repeated: Linux marks the pages that could not be written as
   * clean, and the next fsync succeeds with nothing on disk ("fsyncgate", PostgreSQL 2018). So
   * after any failure the file is truncated to the last line that an fsync has confirmed, and later
   * lines are written again from memory, which makes their pages dirty again, including the shared
   * first page. A line counts as written only after a later fsync.
   *
   * @return the bytes that had to be set aside, because the file was changed by another program;
   *     empty otherwise
   */
  Optional<Torn> recoverInto(LogFile fresh) throws IOException {
    if (!fresh.identity.equals(identity) || fresh.end < end) {
      return fresh.setTornAside();
    }
    if (dirty) {
      fresh.cutTo(end);
    }
    return fresh.setAside(end);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private static String identityOf(Path path) throws IOException {
    BasicFileAttributes attributes =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    return Objects.toString(attributes.fileKey());
  }

  private static void forceDirectory(Path file) throws IOException {
    PrivateFiles.force(Objects.requireNonNull(file.toAbsolutePath().getParent()));
  }
}
