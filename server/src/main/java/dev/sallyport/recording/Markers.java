package dev.sallyport.recording;

import dev.sallyport.spi.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which recordings are not final yet: an empty file for each, {@code live/YYYY-MM-DD_<id>}. So a
 * start need not read every recording there is to find those that a crash left. For all threads.
 */
final class Markers {
  private static final Pattern NAME = Pattern.compile("([0-9]{4}-[0-9]{2}-[0-9]{2})_(.*)");

  private final Path folder;

  Markers(Path root) {
    this.folder = root.resolve("live");
  }

  void make() throws IOException {
    Files.createDirectories(folder, PrivateFiles.FOLDER);
  }

  /** Durable when this returns. */
  void set(Instant begin, String id) throws IOException {
    Files.createFile(marker(LocalDate.ofInstant(begin, ZoneOffset.UTC), id), PrivateFiles.FILE);
    PrivateFiles.force(folder);
  }

  /** Not durable: a marker that a crash brings back leads to a recording that is final. */
  void clear(Instant begin, String id) throws IOException {
    clear(new Marked(LocalDate.ofInstant(begin, ZoneOffset.UTC), id));
  }

  void clear(Marked marked) throws IOException {
    Files.deleteIfExists(marker(marked.day(), marked.id()));
  }

  private Path marker(LocalDate day, String id) {
    return folder.resolve(day + "_" + id);
  }

  /** A recording that is not final. */
  record Marked(LocalDate day, String id) {}

  List<Marked> all() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .map(entry -> NAME.matcher(Folders.nameOf(entry)))
          .filter(name -> name.matches() && Folders.isId(name.group(2)))
          .map(Markers::marked)
          .toList();
    }
  }

  private static Marked marked(Matcher name) {
    return new Marked(LocalDate.parse(name.group(1)), name.group(2));
  }
}
