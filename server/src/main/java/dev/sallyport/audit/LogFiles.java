package dev.sallyport.audit;

import dev.sallyport.support.files.PrivateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * The files of the log, one a day: {@code audit-YYYY-MM-DD.jsonl}, or {@code
 * audit-YYYY-MM-DD.jsonl.gz} when compressed. The log consists of their lines, in the order of the
 * names. A file is compressed or removed only as a whole.
 */
public final class LogFiles {
  static final String COMPRESSED = ".gz";

  private static final Pattern NAME =
      Pattern.compile("(audit-(\\d{4}-\\d{2}-\\d{2})\\.jsonl)(\\.gz)?");

  private LogFiles() {}

  /**
   * The days that have a file, oldest first.
   *
   * @param directory {@code <state-dir>/audit}; which need not exist
   * @throws IOException when it cannot be read
   */
  public static List<Day> of(Path directory) throws IOException {
    try {
      return PrivateFiles.list(directory).stream()
          .map(path -> NAME.matcher(nameOf(path)))
          .filter(Matcher::matches)
          .map(matcher -> matcher.group(1))
          .distinct()
          .sorted()
          .map(name -> new Day(directory, name))
          .toList();
    } catch (NoSuchFileException notYet) {
      return List.of();
    }
  }

  static Day of(Path directory, LocalDate day) {
    return new Day(directory, "audit-" + day + ".jsonl");
  }

  static String nameOf(Path path) {
    return Objects.requireNonNull(path.getFileName()).toString();
  }

  /**
   * One day of the log, by UTC.
   *
   * @param name of its file while it is not compressed
   */
  public record Day(Path directory, String name) {
    /** Empty when the name contains no valid date. */
    public Optional<LocalDate> date() {
      try {
        return Optional.of(
            LocalDate.parse(name.substring("audit-".length(), name.length() - ".jsonl".length())));
      } catch (DateTimeException noDate) {
        return Optional.empty();
      }
    }

    public boolean isAfter(Day other) {
      return name.compareTo(other.name) > 0;
    }

    /** The uncompressed file. As long as it exists, it is complete and takes precedence. */
    Path plain() {
      return directory.resolve(name);
    }

    /** The compressed file. */
    Path compressed() {
      return directory.resolve(name + COMPRESSED);
    }

    /**
     * Opens its lines.
     *
     * @param position bytes to skip; fewer if there are not as many
     * @throws NoSuchFileException when it was removed
     */
    public Lines open(long position) throws IOException {
      try {
        return openPlain(position);
      } catch (NoSuchFileException compressedOrRemoved) {
        return openCompressed(position);
      }
    }

    private Lines openPlain(long position) throws IOException {
      FileChannel channel = FileChannel.open(plain(), StandardOpenOption.READ);
      try {
        // A log that was truncated has lost only lines that were never confirmed.
        long start = Math.min(position, channel.size());
        return new Lines(Channels.newInputStream(channel.position(start)), start, false);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    }

    private Lines openCompressed(long position) throws IOException {
      InputStream file = Files.newInputStream(compressed());
      try {
        InputStream lines = new GZIPInputStream(file, BUFFER);
        return new Lines(lines, skip(lines, position), true);
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
    }

    private static long skip(InputStream lines, long position) throws IOException {
      byte[] buffer = new byte[BUFFER];
      long skipped = 0;
      int count = 0;
      while (skipped < position && count >= 0) {
        count = lines.read(buffer, 0, (int) Math.min(buffer.length, position - skipped));
        skipped += Math.max(0, count);
      }
      return skipped;
    }
  }

  static final int BUFFER = 64 * 1024;

  /**
   * The lines of one day, from a position on.
   *
   * @param position the number of bytes that were skipped
   * @param complete whether no more lines will be added
   */
  public record Lines(InputStream in, long position, boolean complete) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
