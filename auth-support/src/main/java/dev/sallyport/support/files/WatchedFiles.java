package dev.sallyport.support.files;

import dev.sallyport.support.reports.Fault;
import dev.sallyport.support.reports.FileReports;
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
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * Gives trusted files as they are on the disk at the time of the question, and keeps those that did
 * not change. Safe for all threads; waits for the disk.
 */
public final class WatchedFiles<T> {
  /**
   * A file that changed so shortly before it was read may change again and show the same version:
   * clocks of file systems tick as slowly as every two seconds. Until then it is read anew.
   */
  private static final Duration SETTLING = Duration.ofSeconds(2);

  /** Locks by path, so that a file is read by one thread at a time and a slow one holds up few. */
  private static final int LOCKS = 16;

  private final TrustedPaths paths;
  private final FileReports reports;
  private final InstantSource clock;
  private final FileFormat<T> format;
  private final FileCache<T> cache;
  private final List<Lock> locks = Stream.<Lock>generate(ReentrantLock::new).limit(LOCKS).toList();

  /** What is at the end of a path now. */
  public sealed interface Content<T> {}

  /** A file that can be used. */
  public record Usable<T>(T value) implements Content<T> {}

  /** Nothing, where nothing may be. */
  public record Absent<T>() implements Content<T> {}

  /**
   * Something that must not be used; the operator was told.
   *
   * @param why a sentence without a full stop, with the path in it
   */
  public record Unusable<T>(String why) implements Content<T> {}

  /** A format's files, with their faults told to {@code reports}. */
  public WatchedFiles(
      TrustedPaths paths, FileReports reports, InstantSource clock, FileFormat<T> format) {
    this.paths = paths;
    this.reports = reports;
    this.clock = clock;
    this.format = format;
    this.cache = new FileCache<>(format.kept());
  }

  /** The file as it is now. That it is there is expected: without it something is to be mended. */
  public Content<T> read(Path path) {
    return read(path, path);
  }

  /**
   * The file as it is now, if there is one.
   *
   * @param expected the part of the path that must be there. What is below may be absent, and then
   *     says something, such as that a user has no keys; a folder that has vanished says nothing
   *     about anybody
   */
  public Content<T> read(Path path, Path expected) {
    long asked = System.nanoTime();
    return switch (find(path, expected)) {
      case NotFound<T>(Content<T> instead) -> instead;
      case Found<T>(Located.Found found) -> {
        Optional<FileCache.Entry<T>> kept = cache.get(path);
        yield kept.isPresent() && kept.get().isStill(found.version())
            ? kept.get().content()
            : readAnew(path, expected, asked);
      }
    };
  }

  /** Fails when nobody can tell now what the file says, for whoever must tell that from nothing. */
  public void checkUsable(Path path, Path expected) throws UnusableFileException {
    if (read(path, expected) instanceof Unusable<T>(String why)) {
      throw new UnusableFileException(why);
    }
  }

  private Content<T> readAnew(Path path, Path expected, long asked) {
    Lock lock = locks.get(Math.floorMod(path.hashCode(), LOCKS));
    lock.lock();
    try {
      // Whoever had the lock before may have read the file after this question was asked: then
      // that answers it too, and a flood of questions costs one reading, not one each.
      Optional<FileCache.Entry<T>> fresh = cache.get(path);
      if (fresh.isPresent() && fresh.get().readAt() - asked >= 0) {
        return fresh.get().content();
      }
      return load(path, expected);
    } finally {
      lock.unlock();
    }
  }

  /** Looks at a folder before anybody asks, so that the operator hears of it at the start. */
  public void inspectFolder(Path folder) {
    switch (paths.locate(folder)) {
      case Located.Untrusted untrusted -> tell(untrusted);
      case Located.Absent absent -> tell(absent);
      case Located.Found _ -> tellOfWay(folder, "is a file, not a folder of files");
      case Located.Folder _ -> {}
    }
  }

  /** What the walk to the file found. */
  private sealed interface Way<T> {}

  private record Found<T>(Located.Found found) implements Way<T> {}

  private record NotFound<T>(Content<T> instead) implements Way<T> {}

  private Way<T> find(Path path, Path expected) {
    return switch (paths.locate(path)) {
      case Located.Found found -> {
        found.passed().forEach(this::isInOrder);
        yield new Found<>(found);
      }
      case Located.Absent absent -> {
        absent.passed().forEach(this::isInOrder);
        cache.remove(path);
        yield new NotFound<>(absent(absent, path, expected));
      }
      case Located.Folder _ ->
          new NotFound<>(unusable(path, "is a folder, not a " + format.what()));
      case Located.Untrusted untrusted -> {
        tell(untrusted);
        yield new NotFound<>(new Unusable<>(untrusted.where() + " " + untrusted.what()));
      }
    };
  }

  private void isInOrder(Path passed) {
    reports.ways().settle(passed.toString(), List.of());
  }

  private Content<T> absent(Located.Absent absent, Path path, Path expected) {
    if (absent.left() <= path.getNameCount() - expected.getNameCount()) {
      reports.files().settle(path.toString(), List.of());
      return new Absent<>();
    }
    if (path.equals(expected)) {
      return unusable(path, "is not there; " + format.consequence());
    }
    tell(absent);
    return new Unusable<>(absent.missing() + " is not there");
  }

  /** By what is missing and not by the file: strangers choose whose files are asked for. */
  private void tell(Located.Absent absent) {
    tellOfWay(
        absent.missing(), "is not there; nobody can log in with the keys that belong below it");
  }

  private void tell(Located.Untrusted untrusted) {
    tellOfWay(untrusted.where(), untrusted.what());
  }

  private void tellOfWay(Path where, String what) {
    reports.ways().settle(where.toString(), List.of(new Fault(where.toString(), what)));
  }

  private Content<T> load(Path path, Path expected) {
    long readAt = System.nanoTime();
    Instant now = clock.instant();
    return switch (find(path, expected)) {
      case NotFound<T>(Content<T> instead) -> instead;
      case Found<T>(Located.Found found) -> {
        byte[] bytes;
        try {
          bytes = bytesOf(found);
        } catch (FileSystemException e) {
          yield cannotBeRead(path, "cannot be read: " + TrustedPaths.reason(e));
        } catch (IOException e) {
          yield cannotBeRead(path, "cannot be read");
        }
        if (bytes.length > format.largest()) {
          yield cannotBeRead(
              path, "is larger than " + format.largest() + " bytes and is not read at all");
        }
        Content<T> content = parse(path, bytes);
        FileVersion version = found.version();
        boolean settled = version.changed().plus(SETTLING).isBefore(now);
        cache.put(path, new FileCache.Entry<>(content, version, settled, readAt, bytes.length));
        yield content;
      }
    };
  }

  private Content<T> parse(Path path, byte[] bytes) {
    return switch (format.parser().parse(path.toString(), bytes)) {
      case FileFormat.Whole<T>(T value, List<Fault> faults) -> {
        reports.files().settle(path.toString(), faults);
        yield new Usable<>(value);
      }
      case FileFormat.Useless<T>(String why) -> unusable(path, why + "; " + format.consequence());
    };
  }

  private Content<T> cannotBeRead(Path path, String why) {
    cache.remove(path);
    return unusable(path, why + "; " + format.consequence());
  }

  private Content<T> unusable(Path path, String what) {
    reports.files().settle(path.toString(), List.of(new Fault(path.toString(), what)));
    return new Unusable<>(path + " " + what);
  }

  /** At most one byte more than a file may have, whatever size it claims. */
  private byte[] bytesOf(Located.Found found) throws IOException {
    if (found.version().size() > format.largest()) {
      return new byte[format.largest() + 1];
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) found.version().size() + 1);
    try (SeekableByteChannel file =
        Files.newByteChannel(
            found.real(), Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      while (file.read(bytes) >= 0) {
        if (!bytes.hasRemaining()) {
          if (bytes.capacity() > format.largest()) {
            break;
          }
          int larger = Math.min(2 * bytes.capacity(), format.largest() + 1);
          bytes = ByteBuffer.allocate(larger).put(bytes.flip());
        }
      }
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }
}
