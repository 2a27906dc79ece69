package dev.sallyport.recording;

import dev.sallyport.model.Sha256;
import dev.sallyport.spi.PrivateFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * One growing file of a recording, hashed while it is written, so that what the hash attests is
 * what passed and not what somebody made of the file meanwhile. Guarded by its recording's lock.
 *
 * <p>Not a {@code FileChannel}: those close themselves when the thread that writes is interrupted,
 * and the threads that write here belong to the relay.
 */
final class RecordedFile {
  /**
   * Bytes of heap that wait for the disk: all that one fast terminal can take. A full buffer is
   * written by whoever filled it, who waits for the disk meanwhile. 8 KiB is also what the JDK
   * hands to the kernel without allocating.
   */
  static final int BUFFER_BYTES = 8 * 1024;

  /** What became of a finished file. */
  record Finished(long bytes, String sha256) {}

  private final RandomAccessFile file;
  private final MessageDigest sha256 = Sha256.digest();
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int used;

  /** Bytes that are surely in the file, and hashed. */
  private long written;

  /** Whether the disk has refused some. */
  private boolean lost;

  private RecordedFile(RandomAccessFile file) {
    this.file = file;
  }

  /** Makes a file that must not be there yet, readable to its owner only. */
  static RecordedFile create(Path path) throws IOException {
    Files.createFile(path, PrivateFiles.FILE);
    return new RecordedFile(new RandomAccessFile(path.toFile(), "rw"));
  }

  /** Bytes that fit before the next {@link #flush}. */
  int room() {
    return BUFFER_BYTES - used;
  }

  /** Adds a byte that fits. */
  void put(int b) {
    buffer[used++] = (byte) b;
  }

  /** Adds bytes that fit. */
  void put(byte[] bytes, int offset, int length) {
    System.arraycopy(bytes, offset, buffer, used, length);
    used += length;
  }

  /** Adds bytes, flushing as often as needed. */
  void write(byte[] bytes, int offset, int length) throws IOException {
    int at = offset;
    int left = length;
    while (left > 0) {
      if (room() == 0) {
        flush();
      }
      int now = Math.min(left, room());
      put(bytes, at, now);
      at += now;
      left -= now;
    }
  }

  /**
   * Hands everything to the kernel: from here on it outlives this process. When that fails the file
   * is cut back to the flush before, so that it never ends in the middle of what was put between
   * two flushes.
   */
  void flush() throws IOException {
    int length = used;
    used = 0;
    if (length == 0) {
      return;
    }
    try {
      file.write(buffer, 0, length);
    } catch (IOException e) {
      lost = true;
      cutBack(e);
      throw e;
    }
    sha256.update(buffer, 0, length);
    written += length;
  }

  private void cutBack(IOException fault) {
    try {
      file.setLength(written);
      file.seek(written);
    } catch (IOException e) {
      fault.addSuppressed(e);
    }
  }

  /** Bytes so far, those in the buffer included. */
  long bytes() {
    return written + used;
  }

  /**
   * A digest that goes on from all that was written here, for a stream of which no more is kept;
   * empty when the disk has refused some of it.
   */
  Optional<MessageDigest> digest() throws IOException {
    flush();
    return lost ? Optional.empty() : Optional.of(Sha256.copy(sha256));
  }

  /** What was flushed is all there is; it is on disk when this returns. */
  Finished finish() throws IOException {
    try (file) {
      file.setLength(written);
      file.getFD().sync();
    }
    return new Finished(written, Sha256.hex(sha256));
  }
}
