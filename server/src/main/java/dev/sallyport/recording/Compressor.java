package dev.sallyport.recording;

import dev.sallyport.model.Parsed;
import dev.sallyport.model.Sha256;
import dev.sallyport.support.files.PrivateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.RandomAccessFile;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compresses final recordings, one at a time. A file is replaced only after its compressed form was
 * written to disk, read back, and compared with the hash in the audit log. So a crash never leaves
 * a damaged file, and a file that was tampered with is not touched. For one thread, which rests as
 * long as it works, so that it takes half of a processor at most.
 */
final class Compressor {
  private static final Logger LOG = LoggerFactory.getLogger(Compressor.class);

  /** The files that grow. Others take only a block or two. */
  private static final List<String> FILES = List.of(Manifest.CAST, "stdin", "stdout", "stderr");

  /** Suffix of a file that is being written. */
  private static final String NEW = ".new";

  private static final int CHUNK = 256 * 1024;

  /** The time after which a failed file is tried again. */
  private static final Duration AGAIN = Duration.ofMinutes(1);

  private final Folders folders;
  private final Markers markers;
  private final LongSupplier room;
  private final BooleanSupplier isStopping;

  /** When to try failed files again, by {@link System#nanoTime}. */
  private final Map<String, Long> failed = new HashMap<>();

  /**
   * @param markers of recordings to be compressed
   * @param room bytes of the disk that may be used
   * @param isStopping whether to stop; the next start continues
   */
  Compressor(Folders folders, Markers markers, LongSupplier room, BooleanSupplier isStopping) {
    this.folders = folders;
    this.markers = markers;
    this.room = room;
    this.isStopping = isStopping;
  }

  /** Compresses all marked recordings. */
  void run() {
    try {
      for (Markers.Marked marked : markers.all()) {
        if (isStopping.getAsBoolean()) {
          return;
        }
        if (isDue(marked.id())) {
          compress(marked);
        }
      }
    } catch (IOException e) {
      LOG.warn("recordings are not compressed: {}", Faults.text(e));
    }
  }

  private boolean isDue(String id) {
    long now = System.nanoTime();
    return now - failed.getOrDefault(id, now) >= 0;
  }

  private void compress(Markers.Marked marked) throws IOException {
    Path folder = folders.folder(marked.day()).resolve(marked.id());
    try {
      compress(folder);
    } catch (NoSuchFileException removed) {
      LOG.debug("{} was removed meanwhile", folder, removed);
    } catch (InterruptedIOException stopping) {
      return;
    } catch (IOException e) {
      if (failed.put(marked.id(), System.nanoTime() + AGAIN.toNanos()) == null) {
        LOG.warn("{} is not compressed, and tried again: {}", folder, Faults.text(e));
      }
      return;
    }
    failed.remove(marked.id());
    markers.clear(marked);
  }

  private void compress(Path folder) throws IOException {
    if (Manifest.read(folder) instanceof Parsed.Valid<Manifest>(Manifest manifest)
        && manifest.ending().isPresent()) {
      for (String name : FILES) {
        Manifest.FileFacts facts = manifest.ending().get().files().get(name);
        if (facts != null && facts.bytes() > Blocks.BYTES) {
          compress(folder.resolve(name), facts.sha256());
        }
      }
    }
  }

  /**
   * @param sha256 of the file, as the audit log attests it
   */
  private void compress(Path plain, String sha256) throws IOException {
    Path compressed = KeptFile.compressed(plain);
    Path fresh = plain.resolveSibling(Folders.nameOf(compressed) + NEW);
    Files.deleteIfExists(fresh);
    if (!Files.exists(plain)) {
      return;
    }
    try {
      if (!write(plain, fresh).equals(sha256)) {
        LOG.error("{} is not what the audit log attests; it is left as it is", plain);
        return;
      }
      if (!hash(fresh).equals(sha256)) {
        throw new IOException(fresh + ": does not read back as it was written");
      }
      if (Blocks.of(Files.size(fresh)) < Blocks.of(Files.size(plain))) {
        Files.move(fresh, compressed, StandardCopyOption.ATOMIC_MOVE);
        PrivateFiles.force(Objects.requireNonNull(plain.getParent()));
        Files.delete(plain);
      }
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /** Writes the compressed file to disk, and returns the hash of the plain one. */
  private String write(Path plain, Path fresh) throws IOException {
    Files.createFile(fresh, PrivateFiles.FILE);
    MessageDigest digest = Sha256.digest();
    try (InputStream in = Files.newInputStream(plain);
        RandomAccessFile file = new RandomAccessFile(fresh.toFile(), "rw")) {
      try (GZIPOutputStream out =
          new GZIPOutputStream(Channels.newOutputStream(file.getChannel()), CHUNK)) {
        byte[] chunk = new byte[CHUNK];
        long begun = System.nanoTime();
        for (int count = in.readNBytes(chunk, 0, CHUNK);
            count > 0;
            count = in.readNBytes(chunk, 0, CHUNK)) {
          digest.update(chunk, 0, count);
          out.write(chunk, 0, count);
          if (room.getAsLong() <= 0) {
            throw new IOException("the disk has no room for it");
          }
          begun = rest(begun);
        }
        out.finish();
        file.getFD().sync();
      }
    }
    return Sha256.hex(digest);
  }

  private String hash(Path compressed) throws IOException {
    MessageDigest digest = Sha256.digest();
    byte[] chunk = new byte[CHUNK];
    long begun = System.nanoTime();
    try (InputStream in = KeptFile.decompressed(compressed)) {
      for (int count = in.readNBytes(chunk, 0, CHUNK);
          count > 0;
          count = in.readNBytes(chunk, 0, CHUNK)) {
        digest.update(chunk, 0, count);
        begun = rest(begun);
      }
    }
    return Sha256.hex(digest);
  }

  /** Rests as long as it has worked, and returns the time at which it continues. */
  private long rest(long begun) throws InterruptedIOException {
    if (isStopping.getAsBoolean()) {
      throw new InterruptedIOException("the bastion is stopping");
    }
    try {
      TimeUnit.NANOSECONDS.sleep(System.nanoTime() - begun);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the bastion is stopping");
    }
    return System.nanoTime();
  }
}
