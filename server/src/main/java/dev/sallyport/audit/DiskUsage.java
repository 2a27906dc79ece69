package dev.sallyport.audit;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How full a file system is.
 *
 * @param usedBytes bytes in use
 * @param freeBytes bytes that the server may still use; space that is reserved for root counts in
 *     neither
 */
public record DiskUsage(long usedBytes, long freeBytes) {
  /**
   * Measures the file system of a path, which need not exist yet.
   *
   * @throws IOException when that is not possible
   */
  public static DiskUsage of(Path path) throws IOException {
    FileStore store = Files.getFileStore(existing(path));
    return new DiskUsage(
        store.getTotalSpace() - store.getUnallocatedSpace(), store.getUsableSpace());
  }

  static Path existing(Path path) {
    Path place = path.toAbsolutePath();
    while (!Files.exists(place) && place.getParent() != null) {
      place = place.getParent();
    }
    return place;
  }

  /** In percent, rounded up, as df(1) shows it; 100 when nothing is free. */
  public int percent() {
    double all = (double) usedBytes + freeBytes;
    return all <= 0 ? 100 : (int) Math.ceil(100 * (usedBytes / all));
  }
}
