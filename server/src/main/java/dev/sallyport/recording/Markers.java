package dev.sallyport.recording;

import dev.sallyport.support.files.PrivateFiles;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Marks recordings with pending work by empty files, {@code YYYY-MM-DD_<id>}, in one folder. So a
 * start need not read all recordings to find those that a crash left. For all threads.
 */
public final class Markers {
  private static final Pattern NAME = Pattern.compile("([0-9]{4}-[0-9]{2}-[0-9]{2})_(.*)");

  private final Path folder;

  private Markers(Path folder) {
    this.folder = folder;
  }

  /** Marks recordings of the running server that are not final. */
  static Markers live(Path root) {
    return new Markers(root.resolve("live"));
  }

  /** Marks recordings that are not final because the server was killed. */
  static Markers left(Path root) {
    return new Markers(root.resolve("left"));
  }

  /**
   * Whether a running server still records into it, or has not finalised it.
   *
   * @param root the folder of all recordings
   */
  public static boolean isLive(Path root, Manifest manifest) {
    return live(root).has(manifest.begin(), manifest.id());
  }

  void make() throws IOException {
    Files.createDirectories(folder, PrivateFiles.FOLDER);
  }

  /** Marks final recordings that must be compressed. */
  static Markers plain(Path root) {
    return new Markers(root.resolve("plain"));
  }

  /** Sets a marker; durable when this returns. */
  void set(Instant begin, String id) throws IOException {
    Files.createFile(marker(LocalDate.ofInstant(begin, ZoneOffset.UTC), id), PrivateFiles.FILE);
    PrivateFiles.force(folder);
  }

  /** Sets a marker, which may exist already; not durable. */
  void note(LocalDate day, String id) throws IOException {
    try {
      Files.createFile(marker(day, id), PrivateFiles.FILE);
    } catch (FileAlreadyExistsException again) {
      // A recording that a crash left may be finalised a second time.
    }
  }

  /**
   * Removes a marker; not durable: a marker that reappears after a crash belongs to a recording
   * that is final.
   */
  void clear(Instant begin, String id) throws IOException {
    clear(new Marked(LocalDate.ofInstant(begin, ZoneOffset.UTC), id));
  }

  void clear(Marked marked) throws IOException {
    Files.deleteIfExists(marker(marked.day(), marked.id()));
  }

  private Path marker(LocalDate day, String id) {
    return folder.resolve(day + "_" + id);
  }

  /** Whether a recording is marked. */
  boolean has(Instant begin, String id) {
    return Files.exists(marker(LocalDate.ofInstant(begin, ZoneOffset.UTC), id));
  }

  /** Moves all markers; safe to repeat after a crash. */
  void moveTo(Markers others) throws IOException {
    for (Marked marked : all()) {
      Files.move(
          marker(marked.day(), marked.id()),
          others.marker(marked.day(), marked.id()),
          StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** A marked recording. */
  record Marked(LocalDate day, String id) {}

  List<Marked> all() throws IOException {
    return PrivateFiles.list(folder).stream()
        .map(entry -> NAME.matcher(Folders.nameOf(entry)))
        .filter(name -> name.matches() && Folders.isId(name.group(2)))
        .map(Markers::marked)
        .toList();
  }

  private static Marked marked(Matcher name) {
    return new Marked(LocalDate.parse(name.group(1)), name.group(2));
  }
}
