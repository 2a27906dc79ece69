package dev.sallyport.plugins.authorizedkeys;

import dev.sallyport.support.files.FileFormat;
import dev.sallyport.support.files.TrustedPaths;
import dev.sallyport.support.files.UnusableFileException;
import dev.sallyport.support.files.WatchedFiles;
import dev.sallyport.support.keys.KeyLineParser;
import dev.sallyport.support.keys.KeyList;
import dev.sallyport.support.keys.KeyOwner;
import dev.sallyport.support.keys.UserName;
import dev.sallyport.support.reports.FileReports;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Optional;

/** Files of keys, of one user and for all. Safe for all threads; waits for the disk. */
final class KeyFiles {
  /** Largest file; some 5,000 keys. Anything larger is an accident, and is never read. */
  static final int LARGEST_FILE = 1024 * 1024;

  /** Most bytes of files that are kept; parsed they take up to some five times that. */
  private static final long MOST_BYTES = 8L * LARGEST_FILE;

  private final WatchedFiles<KeyList> ofOneUser;
  private final WatchedFiles<KeyList> forAll;

  KeyFiles(TrustedPaths paths, FileReports reports, ZoneId zone, InstantSource clock) {
    ofOneUser = files(KeyOwner.ONE_USER, paths, reports, zone, clock);
    forAll = files(KeyOwner.FOR_ALL, paths, reports, zone, clock);
  }

  private static WatchedFiles<KeyList> files(
      KeyOwner owner, TrustedPaths paths, FileReports reports, ZoneId zone, InstantSource clock) {
    KeyLineParser lines = KeyLineParser.withAuthorities(owner, zone);
    FileFormat<KeyList> format =
        new FileFormat<>(
            "file of keys",
            "none of its keys can log in",
            LARGEST_FILE,
            MOST_BYTES,
            (source, content) -> {
              KeyList list = KeyList.parse(source, owner, content, lines);
              return new FileFormat.Whole<>(list, list.faults());
            });
    return new WatchedFiles<>(paths, reports, clock, format);
  }

  /** The file as it is now, or nothing when it is not there or must not be used, which is told. */
  Optional<KeyList> read(FilePattern pattern, UserName user) {
    return switch (content(pattern, user)) {
      case WatchedFiles.Usable<KeyList>(KeyList list) -> Optional.of(list);
      case WatchedFiles.Absent<KeyList> _ -> Optional.empty();
      case WatchedFiles.Unusable<KeyList> _ -> Optional.empty();
    };
  }

  /** The same, with why it is not there or must not be used. */
  WatchedFiles.Content<KeyList> content(FilePattern pattern, UserName user) {
    return of(pattern.kind()).read(pattern.pathFor(user), pattern.expected());
  }

  /** Fails when nobody can tell now which keys the file has. */
  void checkUsable(FilePattern pattern, UserName user) throws UnusableFileException {
    of(pattern.kind()).checkUsable(pattern.pathFor(user), pattern.expected());
  }

  /** Looks at a folder before anybody asks, so that the operator hears of it at the start. */
  void inspectFolder(Path folder) {
    ofOneUser.inspectFolder(folder);
  }

  private WatchedFiles<KeyList> of(KeyOwner owner) {
    return switch (owner) {
      case ONE_USER -> ofOneUser;
      case FOR_ALL -> forAll;
    };
  }
}
