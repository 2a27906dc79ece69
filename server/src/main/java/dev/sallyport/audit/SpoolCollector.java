package dev.sallyport.audit;

import dev.sallyport.model.Parsed;
import dev.sallyport.model.SafeText;
import dev.sallyport.support.files.PrivateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the events of operators' commands ({@link AuditSpool}) to the audit log, on a thread of
 * its own, until closed. A crash between writing and removing a file logs the event twice, but
 * never loses it.
 */
public final class SpoolCollector implements AutoCloseable {
  /**
   * Pause between two checks, for which an operator has to wait. Listing an empty folder takes some
   * ten microseconds.
   */
  private static final Duration PAUSE = Duration.ofMillis(200);

  /** Most files handled at a time; bounds memory. */
  private static final int MOST = 256;

  private static final Logger LOG = LoggerFactory.getLogger(SpoolCollector.class);

  private final Path folder;
  private final AuditLog audit;
  private final Thread thread;

  /** The last fault, so that it is logged once. */
  private String fault = "";

  /**
   * Begins.
   *
   * @param directory of the audit log
   * @throws IOException when the folder cannot be created
   */
  public SpoolCollector(Path directory, AuditLog audit) throws IOException {
    this.folder = AuditSpool.folder(directory);
    this.audit = audit;
    AuditSpool.make(directory);
    this.thread = Thread.ofPlatform().name("audit-spool").daemon().start(this::run);
  }

  private void run() {
    try (FileChannel channel =
            FileChannel.open(
                AuditSpool.lock(folder),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                PrivateFiles.FILE);
        FileLock lock = channel.lock()) {
      LOG.debug("collects by {}", lock);
      while (!Thread.currentThread().isInterrupted()) {
        collect();
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException | ClosedByInterruptException closed) {
      // Already removed.
    } catch (IOException e) {
      LOG.error(
          "{}: entries of this folder are not written to the audit log until the next start: {}",
          folder,
          e.getMessage());
    }
  }

  private void collect() throws ClosedByInterruptException {
    try {
      for (Path file : waiting()) {
        take(file);
      }
      fault = "";
    } catch (ClosedByInterruptException closed) {
      throw closed;
    } catch (AuditUnavailableException e) {
      // The audit log has reported it. The file stays, and is tried again.
    } catch (IOException e) {
      String now = e.toString();
      if (!now.equals(fault)) {
        LOG.error("{}: entries of this folder are not yet in the audit log: {}", folder, now);
      }
      fault = now;
    }
  }

  private List<Path> waiting() throws IOException {
    return PrivateFiles.list(
        folder, file -> file.getFileName().toString().endsWith(AuditSpool.COMPLETE), MOST);
  }

  private void take(Path file) throws IOException, AuditUnavailableException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      setAside(file, "is no file");
      return;
    }
    String operator;
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      operator = Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).getName();
      bytes = in.readNBytes(Spooled.LARGEST);
    } catch (NoSuchFileException withdrawn) {
      return;
    }
    switch (Spooled.parse(bytes)) {
      case Parsed.Valid<Spooled>(Spooled act) -> {
        audit.commit(act.by(operator));
        Files.deleteIfExists(file);
      }
      case Parsed.Malformed<Spooled>(String reason) -> setAside(file, reason);
    }
  }

  /** Renames a malformed file, so that the waiting command fails. The operator can examine it. */
  private static void setAside(Path file, String reason) throws IOException {
    LOG.error("{} {}", SafeText.escape(file.toString(), SafeJson.LONGEST_TEXT), reason);
    Files.move(file, file.resolveSibling(file.getFileName() + AuditSpool.DAMAGED));
  }

  /** Stops. Later events wait for the next start. */
  @Override
  public void close() {
    thread.interrupt();
    AuditLog.join(thread);
  }
}
