package dev.sallyport.audit;

import dev.sallyport.support.files.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.UUID;

/**
 * Passes events of operators' commands to the audit log, which only the server writes: each is a
 * file in {@code <state-dir>/audit/spool}, on disk before the act, which {@link SpoolCollector}
 * commits and removes. Without a running server it stays until the next start. Only the server's
 * user has access to the folder. A file's owner is the operator who made it, and only root can
 * change owners. For one thread.
 */
public final class AuditSpool {
  /**
   * How long the server may take to write the event, which allows for a busy disk. It checks the
   * spool several times a second.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Duration PAUSE = Duration.ofMillis(50);

  /** Suffix of complete files. */
  static final String COMPLETE = ".json";

  /** Suffix of files that a server could not read. */
  static final String DAMAGED = ".damaged";

  private final Path directory;
  private final Path folder;
  private final Duration patience;

  /** The state of an event. */
  public enum Told {
    /** It was written to the audit log. */
    WRITTEN,
    /** It is on disk, and will be written to the audit log when a server runs. */
    WAITING
  }

  /**
   * @param directory of the audit log, {@code <state-dir>/audit}
   */
  public AuditSpool(Path directory) {
    this(directory, PATIENCE);
  }

  AuditSpool(Path directory, Duration patience) {
    this.directory = directory;
    this.folder = folder(directory);
    this.patience = patience;
  }

  static Path folder(Path directory) {
    return directory.resolve("spool");
  }

  /** The file that the collecting server locks. */
  static Path lock(Path folder) {
    return folder.resolve("lock");
  }

  /**
   * Logs an event. The act must happen only after this has returned.
   *
   * @throws IOException when the event is not logged: the folder cannot be written, or a running
   *     server does not write it
   */
  public Told tell(Spooled event) throws IOException, InterruptedException {
    make(directory);
    Path file = folder.resolve(UUID.randomUUID() + COMPLETE);
    write(file, event.encode());
    long deadline = System.nanoTime() + patience.toNanos();
    while (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      if (!isCollected(file)) {
        // The file existed before this check, so a server that starts now finds it.
        return Told.WAITING;
      }
      if (System.nanoTime() > deadline) {
        withdraw(file);
      }
      Thread.sleep(PAUSE);
    }
    if (Files.exists(folder.resolve(file.getFileName() + DAMAGED), LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(
          "the server is of another version and cannot write this to its audit log, so nothing was"
              + " done: restart it");
    }
    return Told.WRITTEN;
  }

  /** Removes the file: the act does not happen, so it must not be logged later. */
  private void withdraw(Path file) throws IOException {
    if (Files.deleteIfExists(file)) {
      throw new IOException(
          "the server cannot write its audit log, so nothing was done: see the server's log");
    }
  }

  /**
   * Creates the folder, owned by the owner of the audit log even if root creates it.
   *
   * @throws IOException also when there is no audit log, or others have access to it
   */
  static void make(Path directory) throws IOException {
    PrivateFiles.makeFolder(folder(directory));
  }

  /**
   * Does not give the file to the server's user, as for other files, because its owner identifies
   * the operator.
   */
  private void write(Path file, byte[] bytes) throws IOException {
    Path fresh = folder.resolve(file.getFileName() + ".new");
    try {
      try (FileChannel channel =
          FileChannel.open(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        // The server must be able to read root's file, too; no other user has access to the folder.
        // The server's user could put a link in its place, so root must not follow links.
        Files.getFileAttributeView(fresh, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
            .setPermissions(PosixFilePermissions.fromString("rw-r--r--"));
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      PrivateFiles.force(folder);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private boolean isCollected(Path file) throws IOException {
    try {
      return isCollected();
    } catch (IOException e) {
      // The act does not happen.
      Files.deleteIfExists(file);
      throw e;
    }
  }

  /**
   * Whether a running server writes this log.
   *
   * @throws IOException when that cannot be determined
   */
  public boolean isCollected() throws IOException {
    try (FileChannel channel =
            FileChannel.open(lock(folder), StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        FileLock free = channel.tryLock()) {
      return free == null;
    } catch (OverlappingFileLockException inThisProcess) {
      return true;
    } catch (NoSuchFileException neverRan) {
      return false;
    }
  }
}
