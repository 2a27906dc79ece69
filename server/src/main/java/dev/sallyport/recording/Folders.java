package dev.sallyport.recording;

import dev.sallyport.support.files.PrivateFiles;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The folders of recordings: {@code YYYY/MM/DD/<id>/} below one folder, by the UTC date of the
 * beginning. No part of a path comes from the network, and other files and folders are ignored. For
 * all threads.
 */
public final class Folders {
  private static final String UUID_SYNTAX =
      "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
  private static final Pattern ID = Pattern.compile(UUID_SYNTAX);
  private static final Pattern YEAR = Pattern.compile("[0-9]{4}");
  private static final Pattern TWO_DIGITS = Pattern.compile("[0-9]{2}");
  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("uuuu/MM/dd");

  private final Path root;

  /**
   * @param root {@code <state-dir>/recordings}; need not exist
   */
  public Folders(Path root) {
    this.root = root;
  }

  /** The days with a folder, oldest first. */
  public List<LocalDate> days() throws IOException {
    List<LocalDate> days = new ArrayList<>();
    for (String year : names(root, YEAR)) {
      for (String month : names(root.resolve(year), TWO_DIGITS)) {
        for (String day : names(root.resolve(year).resolve(month), TWO_DIGITS)) {
          dateOf(year + "-" + month + "-" + day).ifPresent(days::add);
        }
      }
    }
    return days;
  }

  /** The folders of recordings that began on a day, sorted by id. */
  public List<Path> recordings(LocalDate day) throws IOException {
    Path folder = folder(day);
    return names(folder, ID).stream().map(folder::resolve).toList();
  }

  private static List<String> names(Path folder, Pattern syntax) throws IOException {
    try {
      return PrivateFiles.list(folder).stream()
          .filter(entry ->
              syntax.matcher(nameOf(entry)).matches()
                  && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
          .map(Folders::nameOf)
          .sorted()
          .toList();
    } catch (NoSuchFileException nothingYet) {
      return List.of();
    }
  }

  private static Optional<LocalDate> dateOf(String text) {
    try {
      return Optional.of(LocalDate.parse(text));
    } catch (DateTimeException noSuchDay) {
      return Optional.empty();
    }
  }

  /** The last component of a path. For a recording's folder, this is its id. */
  public static String nameOf(Path path) {
    return String.valueOf(path.getFileName());
  }

  static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  Path root() {
    return root;
  }

  Path folder(LocalDate day) {
    return root.resolve(DAY.format(day));
  }

  /**
   * The folder of a recording.
   *
   * @throws IllegalArgumentException when {@code id} is not the text of a UUID, so that no other
   *     text can become part of a path
   */
  Path folder(Instant begin, String id) {
    if (!isId(id)) {
      throw new IllegalArgumentException("the id of a recording must be a UUID in lower case");
    }
    return folder(LocalDate.ofInstant(begin, ZoneOffset.UTC)).resolve(id);
  }

  /** Creates a folder that must not exist, and its parents; durable when this returns. */
  static void make(Path folder) throws IOException {
    Path parent = Objects.requireNonNull(folder.getParent());
    if (!Files.isDirectory(parent)) {
      try {
        make(parent);
      } catch (FileAlreadyExistsException raced) {
        // Another session began on the same new day.
      }
    }
    Files.createDirectory(folder, PrivateFiles.FOLDER);
    PrivateFiles.force(parent);
  }

  /** Bytes of the files in a recording's folder. */
  static long size(Path recording) throws IOException {
    long bytes = 0;
    for (Path file : files(recording)) {
      try {
        bytes += Files.size(file);
      } catch (NoSuchFileException renamedMeanwhile) {
        // The manifest was being replaced.
      }
    }
    return bytes;
  }

  static List<Path> files(Path recording) throws IOException {
    try {
      return PrivateFiles.list(recording).stream().sorted().toList();
    } catch (NoSuchFileException gone) {
      return List.of();
    }
  }

  /** Removes a recording, which contains no folders. */
  static void remove(Path recording) throws IOException {
    for (Path file : files(recording)) {
      Files.deleteIfExists(file);
    }
    Files.deleteIfExists(recording);
  }
}
