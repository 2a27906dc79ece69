package dev.sallyport.recording;

import dev.sallyport.model.Sha256;
import dev.sallyport.support.files.PrivateFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * One growing file of a recording. It is hashed while it is written, so the hash attests the data
 * that passed, even if the file is tampered with meanwhile. Guarded by its recording's lock.
 *
 * <p>Not a {@code FileChannel}, which closes itself when the writing thread is interrupted: the
 * threads that write here belong to the relay.
 */
final class RecordedFile {
  /**
   * The buffer in bytes, which is all the heap that a fast terminal can take. The thread that fills
   * it writes it, and waits for the disk meanwhile. The JDK writes 8 KiB without allocating another
   * buffer.
   */
  static final int BUFFER_BYTES = 8 * 1024;

  /** The facts of a finished file. */
  record Finished(long bytes, String sha256) {}

  private final RandomAccessFile file;
  private final MessageDigest sha256 = Sha256.digest();
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int used;

  /** Bytes that are in the file and hashed. */
  private long written;

  /** Whether a write has failed. */
  private boolean lost;

  private RecordedFile(RandomAccessFile file) {
    this.file = file;
  }

  /** Creates a file that must not exist, readable only by its owner. */
  static RecordedFile create(Path path) throws IOException {
    Files.createFile(path, PrivateFiles.FILE);
    return new RecordedFile(new RandomAccessFile(path.toFile(), "rw"));
  }

  /** Free bytes in the buffer before the next {@link #flush}. */
  int room() {
    return BUFFER_BYTES - used;
  }

  /** Adds a byte, which must fit. */
  void put(int b) {
    buffer[used++] = (byte) b;
  }

  /** Adds bytes, which must fit. */
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
   * Writes the buffer to the kernel, so that it survives the end of this process. When that fails,
   * the file is truncated to the previous flush, so it never ends in the middle of data that was
   * added between two flushes.
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

  /** Bytes so far, including the buffer. */
  long bytes() {
    return written + used;
  }

  /**
   * A digest of all data so far that can be continued, for a stream of which no more is kept; empty
   * when a write has failed.
   */
  Optional<MessageDigest> digest() throws IOException {
    flush();
    return lost ? Optional.empty() : Optional.of(Sha256.copy(sha256));
  }

  /** Closes the file with the flushed data, which is on disk when this returns. */
  Finished finish() throws IOException {
    try (file) {
      file.setLength(written);
      file.getFD().sync();
    }
    return new Finished(written, Sha256.hex(sha256));
  }
}
