package dev.sallyport.recording;

import dev.sallyport.audit.AuditUnavailableException;
import dev.sallyport.audit.SafeJson;
import dev.sallyport.model.Parsed;
import dev.sallyport.model.Sha256;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/** Finalises a recording that was live when the server was killed. */
final class Leftover {
  private static final Logger LOG = LoggerFactory.getLogger(Leftover.class);
  private static final String KILLED =
      "the bastion was killed, or lost its disk, while it recorded";

  /** More than an event, which fits into one buffer. */
  private static final int WINDOW = 8 * RecordedFile.BUFFER_BYTES;

  private final Surroundings surroundings;
  private final Path folder;
  private final BooleanSupplier isStopping;

  /**
   * @param isStopping whether to stop; then the next start tries again
   */
  Leftover(Surroundings surroundings, Path folder, BooleanSupplier isStopping) {
    this.surroundings = surroundings;
    this.folder = folder;
    this.isStopping = isStopping;
  }

  /**
   * Finalises the recording, and logs it.
   *
   * @throws IOException when the disk cannot be read or written, or this was stopped; must be tried
   *     again
   */
  void finalise() throws IOException, AuditUnavailableException {
    Files.deleteIfExists(folder.resolve(ManifestFile.NEW));
    Files.deleteIfExists(folder.resolve(Unfinished.NEW));
    switch (manifest()) {
      case Parsed.Valid<Manifest>(Manifest manifest) -> {
        Manifest last = manifest.isLive() ? manifest.with(ending(manifest)) : manifest;
        Unfinished.left(folder, last, surroundings.clock().instant())
            .forEach(surroundings.audit()::append);
        surroundings.finalise(folder, last);
        LOG.info("finalised recording {}, which the run before this one left", last.id());
      }
      case Parsed.Malformed<Manifest>(String reason) -> {
        if (Folders.files(folder).isEmpty()) {
          Files.deleteIfExists(folder);
        } else {
          LOG.warn(
              "{}: its manifest {}, so it cannot be finalised; it is left as it is",
              folder,
              reason);
        }
      }
    }
  }

  private Parsed<Manifest> manifest() throws IOException {
    try {
      return Manifest.read(folder);
    } catch (NoSuchFileException missing) {
      return new Parsed.Malformed<>("is missing");
    }
  }

  private Manifest.Ending ending(Manifest manifest) throws IOException {
    Path cast = folder.resolve(Manifest.CAST);
    if (Files.exists(cast)) {
      cutTornEnd(cast);
    }
    return new Manifest.Ending(
        lastWrite(manifest.begin()),
        Optional.empty(),
        Optional.empty(),
        KILLED,
        Optional.empty(),
        true,
        new TreeMap<>(),
        new TreeMap<>(files(folder, isStopping)));
  }

  /** The time of the last write, the best estimate of the end. */
  private Instant lastWrite(Instant begin) throws IOException {
    Instant last = begin;
    for (Path file : Folders.files(folder)) {
      Instant written = Files.getLastModifiedTime(file).toInstant();
      last = written.isAfter(last) ? written : last;
    }
    return last;
  }

  /** Cuts the file after the last complete event or header. */
  static void cutTornEnd(Path cast) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(cast.toFile(), "rw")) {
      long length = file.length();
      int size = (int) Math.min(length, WINDOW);
      byte[] tail = new byte[size];
      file.seek(length - size);
      file.readFully(tail);
      int end = size;
      while (end > 0 && !endsWithAWholeLine(tail, end)) {
        end = lineStart(tail, end - 1);
      }
      file.setLength(length - size + end);
      file.getFD().sync();
    }
  }

  private static boolean endsWithAWholeLine(byte[] bytes, int end) {
    if (bytes[end - 1] != '\n') {
      return false;
    }
    int start = lineStart(bytes, end - 1);
    // As text, because Jackson mistakes the zero bytes of an unwritten page for UTF-32.
    String line = new String(bytes, start, end - start, StandardCharsets.UTF_8);
    try {
      return SafeJson.MAPPER.readTree(line).isContainer();
    } catch (JacksonException garbage) {
      return false;
    }
  }

  /** The start of the line that ends before {@code end}. */
  private static int lineStart(byte[] bytes, int end) {
    int start = end;
    while (start > 0 && bytes[start - 1] != '\n') {
      start--;
    }
    return start;
  }

  /** The facts of the files in a recording's folder, except the manifest, as they are on disk. */
  static Map<String, Manifest.FileFacts> files(Path folder) throws IOException {
    return files(folder, () -> false);
  }

  private static Map<String, Manifest.FileFacts> files(Path folder, BooleanSupplier isStopping)
      throws IOException {
    Map<String, Manifest.FileFacts> files = new TreeMap<>();
    for (Path file : Folders.files(folder)) {
      String name = Folders.nameOf(file);
      if (!name.startsWith(Manifest.FILE)) {
        files.put(name, facts(file, isStopping));
      }
    }
    return files;
  }

  /** The facts of a file as it is on disk. */
  static Manifest.FileFacts facts(Path file) throws IOException {
    return facts(file, () -> false);
  }

  private static Manifest.FileFacts facts(Path file, BooleanSupplier isStopping)
      throws IOException {
    long bytes = Files.size(file);
    String sha256 = Sha256.of(file, isStopping);
    return new Manifest.FileFacts(bytes, sha256, bytes, sha256);
  }
}
