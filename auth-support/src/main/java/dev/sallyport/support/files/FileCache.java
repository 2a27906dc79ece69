package dev.sallyport.support.files;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The files that were read last. Files that are not there are never kept, so trying names costs no
 * memory. Safe for all threads.
 */
final class FileCache<T> {
  /** Most files that are kept. */
  private static final int MOST_FILES = 10_000;

  private final long mostBytes;
  private final Map<Path, Entry<T>> entries = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /**
   * @param mostBytes of files that are kept; parsed they take up to some five times that
   */
  FileCache(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /**
   * One file as it was read.
   *
   * @param version looked at before reading
   * @param settled whether the file can no longer change without showing another version
   * @param readAt {@link System#nanoTime()} from before the version was looked at
   * @param size of the file in bytes
   */
  record Entry<T>(
      WatchedFiles.Content<T> content,
      FileVersion version,
      boolean settled,
      long readAt,
      int size) {
    boolean isStill(FileVersion found) {
      return settled && version.equals(found);
    }
  }

  synchronized Optional<Entry<T>> get(Path path) {
    return Optional.ofNullable(entries.get(path));
  }

  synchronized void put(Path path, Entry<T> entry) {
    remove(path);
    entries.put(path, entry);
    bytes += entry.size();
    Iterator<Entry<T>> oldest = entries.values().iterator();
    while (entries.size() > MOST_FILES || bytes > mostBytes) {
      bytes -= oldest.next().size();
      oldest.remove();
    }
  }

  synchronized void remove(Path path) {
    Entry<T> gone = entries.remove(path);
    if (gone != null) {
      bytes -= gone.size();
    }
  }
}
