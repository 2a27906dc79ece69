package dev.sallyport.audit;

import dev.sallyport.spi.PrivateFiles;
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
 * How another process of the operator gets an event into the audit log, which only the server
 * writes: a file in {@code <state-dir>/audit/spool}, on disk before the act goes on, which {@link
 * SpoolCollector} commits and removes. While no server runs it stays, and the next one takes it.
 * The folder belongs to the server's user and to nobody else; who made a file is its owner, whom
 * only root can change. For one thread.
 */
public final class AuditSpool {
  /**
   * For the server to write what it found; longer than a disk that is busy takes. It looks several
   * times a second.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Duration PAUSE = Duration.ofMillis(50);

  /** Of files that are complete. */
  static final String COMPLETE = ".json";

  /** Of files that no server could read. */
  static final String DAMAGED = ".damaged";

  private final Path directory;
  private final Path folder;
  private final Duration patience;

  /** What became of an event. */
  public enum Told {
    /** It is in the audit log. */
    WRITTEN,
    /** It is on disk, and in the audit log when a server runs again. */
    WAITING
  }

  /**
   * @param directory the audit log's, {@code <state-dir>/audit}
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

  /** Locked by the server that takes what is here. */
  static Path lock(Path folder) {
    return folder.resolve("lock");
  }

  /**
   * Tells it. Whatever the event is about happens only after this returned.
   *
   * @throws IOException when it is not told: the folder cannot be written, or a server runs and
   *     does not write it
   */
  public Told tell(Spooled event) throws IOException, InterruptedException {
    make(directory);
    Path file = folder.resolve(UUID.randomUUID() + COMPLETE);
    write(file, event.encode());
    long deadline = System.nanoTime() + patience.toNanos();
    while (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      if (!isCollected(file)) {
        // The file was there before this was asked, so a server that starts now finds it.
        return Told.WAITING;
      }
      if (System.nanoTime() > deadline) {
        withdraw(file);
      }
      Thread.sleep(PAUSE);
    }
    if (Files.exists(folder.resolve(file.getFileName() + DAMAGED), LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(
          "the server is of another version and does not understand what is to be written to its"
              + " audit log, so this is not done: restart it");
    }
    return Told.WRITTEN;
  }

  /** The act does not happen, so it is not to be told later. */
  private void withdraw(Path file) throws IOException {
    if (Files.deleteIfExists(file)) {
      throw new IOException(
          "the server does not write its audit log, so this is not done: see why in its own log");
    }
  }

  /**
   * Makes the folder; it belongs to whom the audit log belongs to, also when root makes it.
   *
   * @throws IOException also when there is no audit log to belong to, or others can look into it
   */
  static void make(Path directory) throws IOException {
    PrivateFiles.makeFolder(folder(directory));
  }

  /** Not given to the server's user, as other files are: its owner is who tells it. */
  private void write(Path file, byte[] bytes) throws IOException {
    Path fresh = folder.resolve(file.getFileName() + ".new");
    try {
      try (FileChannel channel =
          FileChannel.open(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        // Root's file too is read by the server; nobody else gets into the folder. Whoever may
        // write there could have put a link in its place: root opens no file behind one.
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
   * Whether a server runs that writes this log.
   *
   * @throws IOException when that cannot be found out
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
