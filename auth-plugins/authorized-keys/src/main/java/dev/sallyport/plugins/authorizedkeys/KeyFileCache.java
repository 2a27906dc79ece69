package dev.sallyport.plugins.authorizedkeys;

import dev.sallyport.plugins.openssh.FileVersion;
import dev.sallyport.plugins.openssh.KeyList;
import dev.sallyport.plugins.openssh.KeyOwner;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The files that were read last. Files that are not there are never kept, so trying names costs no
 * memory. Safe for all threads.
 */
final class KeyFileCache {
  /** Most files that are kept. */
  private static final int MOST_FILES = 10_000;

  /** Most bytes of files that are kept; parsed they take up to some five times that. */
  private static final long MOST_BYTES = 8L * KeyFiles.LARGEST_FILE;

  private final Map<Key, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  private record Key(Path path, KeyOwner kind) {}

  /**
   * One file as it was read.
   *
   * @param version looked at before reading
   * @param settled whether the file can no longer change without showing another version
   * @param readAt {@link System#nanoTime()} from before the version was looked at
   * @param size of the file in bytes
   */
  record Entry(KeyList file, FileVersion version, boolean settled, long readAt, int size) {
    boolean isStill(FileVersion found) {
      return settled && version.equals(found);
    }
  }

  synchronized Optional<Entry> get(Path path, KeyOwner kind) {
    return Optional.ofNullable(entries.get(new Key(path, kind)));
  }

  synchronized void put(Path path, KeyOwner kind, Entry entry) {
    remove(path, kind);
    entries.put(new Key(path, kind), entry);
    bytes += entry.size();
    Iterator<Entry> oldest = entries.values().iterator();
    while (entries.size() > MOST_FILES || bytes > MOST_BYTES) {
      bytes -= oldest.next().size();
      oldest.remove();
    }
  }

  synchronized void remove(Path path, KeyOwner kind) {
    Entry gone = entries.remove(new Key(path, kind));
    if (gone != null) {
      bytes -= gone.size();
    }
  }
}
