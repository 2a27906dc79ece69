package dev.sallyport.plugins.authorizedkeys;

import dev.sallyport.plugins.openssh.Fault;
import dev.sallyport.plugins.openssh.FaultLog;
import dev.sallyport.plugins.openssh.FileVersion;
import dev.sallyport.plugins.openssh.KeyLineParser;
import dev.sallyport.plugins.openssh.KeyList;
import dev.sallyport.plugins.openssh.KeyOwner;
import dev.sallyport.plugins.openssh.Located;
import dev.sallyport.plugins.openssh.TrustedPaths;
import dev.sallyport.spi.Reporter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * Gives files of keys as they are on the disk at the time of the question, and keeps those that did
 * not change. Safe for all threads; waits for the disk.
 */
final class KeyFiles {
  /** Largest file; some 5,000 keys. Anything larger is an accident, and is never read. */
  static final int LARGEST_FILE = 1024 * 1024;

  /**
   * A file that changed so shortly before it was read may change again and show the same version:
   * clocks of file systems tick as slowly as every two seconds. Until then it is read anew.
   */
  private static final Duration SETTLING = Duration.ofSeconds(2);

  /** Locks by path, so that a file is read by one thread at a time and a slow one holds up few. */
  private static final int LOCKS = 16;

  private final TrustedPaths paths;
  private final InstantSource clock;
  private final KeyLineParser forOneUser;
  private final KeyLineParser forAll;
  private final FaultLog waysFaults;
  private final FaultLog filesFaults;
  private final KeyFileCache cache = new KeyFileCache();
  private final List<Lock> locks = Stream.<Lock>generate(ReentrantLock::new).limit(LOCKS).toList();

  KeyFiles(TrustedPaths paths, Reporter reporter, ZoneId zone, InstantSource clock) {
    this.paths = paths;
    this.clock = clock;
    this.forOneUser = new KeyLineParser(KeyOwner.ONE_USER, zone);
    this.forAll = new KeyLineParser(KeyOwner.FOR_ALL, zone);
    this.waysFaults = new FaultLog(reporter);
    this.filesFaults = new FaultLog(reporter);
  }

  /** The file as it is now, or nothing when it is not there or must not be used, which is told. */
  Optional<KeyList> read(Path path, KeyOwner kind) {
    long asked = System.nanoTime();
    Optional<Located.Found> found = find(path, kind);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Optional<KeyFileCache.Entry> kept = cache.get(path, kind);
    if (kept.isPresent() && kept.get().isStill(found.get().version())) {
      return Optional.of(kept.get().file());
    }
    Lock lock = locks.get(Math.floorMod(path.hashCode(), LOCKS));
    lock.lock();
    try {
      // Whoever had the lock before may have read the file after this question was asked: then
      // that answers it too, and a flood of questions costs one reading, not one each.
      Optional<KeyFileCache.Entry> fresh = cache.get(path, kind);
      if (fresh.isPresent() && fresh.get().readAt() - asked >= 0) {
        return Optional.of(fresh.get().file());
      }
      return load(path, kind);
    } finally {
      lock.unlock();
    }
  }

  /** Looks at a folder before anybody asks, so that the operator hears of it at the start. */
  void inspectFolder(Path folder) {
    switch (paths.locate(folder)) {
      case Located.Untrusted untrusted -> tell(untrusted);
      case Located.Absent _ ->
          waysFaults.settle(
              folder.toString(),
              List.of(
                  new Fault(
                      folder.toString(),
                      "is not there; nobody can log in with the keys that belong below it")));
      case Located.Found _ ->
          waysFaults.settle(
              folder.toString(),
              List.of(new Fault(folder.toString(), "is a file, not a folder of files")));
      case Located.Folder _ -> {}
    }
  }

  private Optional<Located.Found> find(Path path, KeyOwner kind) {
    return switch (paths.locate(path)) {
      case Located.Found found -> {
        found.passed().forEach(passed -> waysFaults.settle(passed.toString(), List.of()));
        yield Optional.of(found);
      }
      case Located.Absent absent -> {
        absent.passed().forEach(passed -> waysFaults.settle(passed.toString(), List.of()));
        gone(path, kind);
        yield Optional.empty();
      }
      case Located.Folder _ -> {
        filesFaults.settle(
            path.toString(),
            List.of(new Fault(path.toString(), "is a folder, not a file of keys")));
        yield Optional.empty();
      }
      case Located.Untrusted untrusted -> {
        tell(untrusted);
        yield Optional.empty();
      }
    };
  }

  private void tell(Located.Untrusted untrusted) {
    String where = untrusted.where().toString();
    waysFaults.settle(untrusted.where().toString(), List.of(new Fault(where, untrusted.what())));
  }

  private void gone(Path path, KeyOwner kind) {
    cache.remove(path, kind);
    filesFaults.settle(
        path.toString(),
        switch (kind) {
          case ONE_USER -> List.of();
          case FOR_ALL ->
              List.of(new Fault(path.toString(), "is not there; none of its keys can log in"));
        });
  }

  private Optional<KeyList> load(Path path, KeyOwner kind) {
    long readAt = System.nanoTime();
    Instant now = clock.instant();
    Optional<Located.Found> found = find(path, kind);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    byte[] content;
    try {
      content = contentOf(found.get());
    } catch (FileSystemException e) {
      return unusable(path, kind, "cannot be read: " + TrustedPaths.reason(e));
    } catch (IOException e) {
      return unusable(path, kind, "cannot be read");
    }
    if (content.length > LARGEST_FILE) {
      return unusable(
          path, kind, "is larger than " + LARGEST_FILE + " bytes and is not read at all");
    }
    KeyLineParser parser =
        switch (kind) {
          case ONE_USER -> forOneUser;
          case FOR_ALL -> forAll;
        };
    KeyList file = KeyList.parse(path.toString(), kind, content, parser);
    filesFaults.settle(path.toString(), file.faults());
    FileVersion version = found.get().version();
    boolean settled = version.changed().plus(SETTLING).isBefore(now);
    cache.put(path, kind, new KeyFileCache.Entry(file, version, settled, readAt, content.length));
    return Optional.of(file);
  }

  private Optional<KeyList> unusable(Path path, KeyOwner kind, String why) {
    cache.remove(path, kind);
    filesFaults.settle(
        path.toString(),
        List.of(new Fault(path.toString(), why + "; none of its keys can log in")));
    return Optional.empty();
  }

  /** At most one byte more than a file may have, whatever size it claims. */
  private static byte[] contentOf(Located.Found found) throws IOException {
    if (found.version().size() > LARGEST_FILE) {
      return new byte[LARGEST_FILE + 1];
    }
    ByteBuffer content = ByteBuffer.allocate((int) found.version().size() + 1);
    try (SeekableByteChannel file =
        Files.newByteChannel(
            found.real(), Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      while (file.read(content) >= 0) {
        if (!content.hasRemaining()) {
          if (content.capacity() > LARGEST_FILE) {
            break;
          }
          int larger = Math.min(2 * content.capacity(), LARGEST_FILE + 1);
          content = ByteBuffer.allocate(larger).put(content.flip());
        }
      }
    }
    return Arrays.copyOf(content.array(), content.position());
  }
}
