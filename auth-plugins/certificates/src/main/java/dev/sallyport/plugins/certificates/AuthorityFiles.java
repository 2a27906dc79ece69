package dev.sallyport.plugins.certificates;

import dev.sallyport.spi.OfferedKey;
import dev.sallyport.support.files.FileFormat;
import dev.sallyport.support.files.TrustedPaths;
import dev.sallyport.support.files.UnusableFileException;
import dev.sallyport.support.files.WatchedFiles;
import dev.sallyport.support.keys.AuthorityKeys;
import dev.sallyport.support.reports.FileReports;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * The files of authorities' keys, as sshd's TrustedUserCAKeys. Safe for all threads; waits for the
 * disk.
 */
final class AuthorityFiles {
  /** Largest file: some 370 authorities of the longest RSA. Anything larger is an accident. */
  private static final int LARGEST = 1024 * 1024;

  /** Most bytes of files that are kept; parsed they take up to some five times that. */
  private static final long MOST_BYTES = 8L * LARGEST;

  private static final FileFormat<AuthorityKeys> FORMAT =
      new FileFormat<>(
          "file of authorities",
          "none of its authorities is trusted",
          LARGEST,
          MOST_BYTES,
          (source, content) -> {
            AuthorityKeys keys = AuthorityKeys.parse(source, content);
            return new FileFormat.Whole<>(keys, keys.faults());
          });

  private final WatchedFiles<AuthorityKeys> files;

  AuthorityFiles(TrustedPaths paths, FileReports reports, InstantSource clock) {
    files = new WatchedFiles<>(paths, reports, clock, FORMAT);
  }

  /** Whether the file has this authority now. */
  boolean has(Path file, OfferedKey authority) {
    return switch (files.read(file)) {
      case WatchedFiles.Usable<AuthorityKeys>(AuthorityKeys keys) -> keys.has(authority);
      case WatchedFiles.Absent<AuthorityKeys> _ -> false;
      case WatchedFiles.Unusable<AuthorityKeys> _ -> false;
    };
  }

  /** The file as it is now, or why it must not be used. */
  WatchedFiles.Content<AuthorityKeys> content(Path file) {
    return files.read(file);
  }

  /** Fails when nobody can tell now whom the file trusts. */
  void checkUsable(Path file) throws UnusableFileException {
    files.checkUsable(file, file);
  }

  /** Reads it, so that the operator hears at the start of what is wrong. */
  void inspect(Path file) {
    files.read(file);
  }
}
