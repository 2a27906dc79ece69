package dev.sallyport.audit;

import dev.sallyport.model.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.function.BooleanSupplier;
import java.util.zip.GZIPInputStream;

/**
 * The contents of a file of the log, which is read once from beginning to end.
 *
 * @param file the file on disk
 * @param lines the same for the uncompressed lines
 */
record LogContents(StoredFile file, StoredFile lines, LogSpan span) {
  /** Bytes that are kept of a line, whose sequence number is at its end. Lines can have 200 KB. */
  private static final int KEPT_OF_A_LINE = 256 * 1024;

  /** The bastion stops before this has ended. */
  static final class StoppedException extends IOException {
    private static final long serialVersionUID = 1L;

    StoppedException() {
      super("the bastion stops");
    }
  }

  /**
   * Reads an uncompressed file.
   *
   * @param copy receives its bytes
   * @param stop called often; must not wait
   * @throws StoppedException when {@code stop} returns true
   */
  static LogContents ofPlain(Path path, OutputStream copy, BooleanSupplier stop)
      throws IOException {
    try (DigestInputStream file = digesting(Files.newInputStream(path))) {
      Reading reading = new Reading(copy, stop);
      reading.readAll(file);
      StoredFile stored = stored(path, reading.bytes, file);
      return new LogContents(stored, stored, reading.span());
    }
  }

  /** Reads a compressed file to its end, and verifies its checksum. */
  static LogContents ofCompressed(Path path, BooleanSupplier stop) throws IOException {
    try (DigestInputStream file = digesting(Files.newInputStream(path));
        DigestInputStream lines = digesting(new GZIPInputStream(file, LogFiles.BUFFER))) {
      Reading reading = new Reading(OutputStream.nullOutputStream(), stop);
      reading.readAll(lines);
      return new LogContents(
          stored(path, Files.size(path), file), stored(path, reading.bytes, lines), reading.span());
    }
  }

  private static StoredFile stored(Path path, long bytes, DigestInputStream read) {
    return new StoredFile(
        path.toAbsolutePath().toString(), bytes, Sha256.hex(read.getMessageDigest()));
  }

  private static DigestInputStream digesting(InputStream in) {
    return new DigestInputStream(in, Sha256.digest());
  }

  private static final class Reading {
    private final OutputStream copy;
    private final BooleanSupplier stop;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private long bytes;
    private long events;
    private long first;
    private byte[] last = {};

    Reading(OutputStream copy, BooleanSupplier stop) {
      this.copy = copy;
      this.stop = stop;
    }

    void readAll(InputStream in) throws IOException {
      byte[] buffer = new byte[LogFiles.BUFFER];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        if (stop.getAsBoolean()) {
          throw new StoppedException();
        }
        copy.write(buffer, 0, count);
        bytes += count;
        split(buffer, count);
      }
    }

    private void split(byte[] buffer, int count) {
      int begin = 0;
      for (int i = 0; i < count; i++) {
        if (buffer[i] == '\n') {
          keep(buffer, begin, i);
          ended();
          begin = i + 1;
        }
      }
      keep(buffer, begin, count);
    }

    private void keep(byte[] buffer, int begin, int end) {
      line.write(buffer, begin, Math.min(end - begin, KEPT_OF_A_LINE - line.size()));
    }

    private void ended() {
      events++;
      if (events == 1) {
        first = LogTail.sequenceOf(line.toByteArray()).orElse(0);
      }
      last = line.toByteArray();
      line.reset();
    }

    LogSpan span() {
      return new LogSpan(events, first, events == 0 ? 0 : LogTail.sequenceOf(last).orElse(0));
    }
  }
}
