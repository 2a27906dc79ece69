package dev.sallyport.recording;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/**
 * Reads a file of a recording, which is compressed (gzip, RFC 1952) some time after the recording
 * was finalised: {@code session.cast} becomes {@code session.cast.gz}. The hash in the manifest and
 * in the audit log is that of the uncompressed file. For all threads.
 */
public final class KeptFile {
  /** Suffix of a compressed file. */
  static final String COMPRESSED = ".gz";

  private static final int BUFFER_BYTES = 64 * 1024;

  private KeptFile() {}

  /**
   * Whether a file exists, compressed or not.
   *
   * @param file without {@link #COMPRESSED}
   */
  public static boolean exists(Path file) {
    return Files.exists(file) || Files.exists(compressed(file));
  }

  /**
   * Opens a file as it was recorded.
   *
   * @param file without {@link #COMPRESSED}
   * @throws IOException when it does not exist, or cannot be read; reading throws {@link
   *     java.util.zip.ZipException} or {@link java.io.EOFException} when it is damaged
   */
  public static InputStream open(Path file) throws IOException {
    try {
      return Files.newInputStream(file);
    } catch (NoSuchFileException perhapsCompressed) {
      return decompressed(compressed(file));
    }
  }

  static Path compressed(Path file) {
    return file.resolveSibling(Folders.nameOf(file) + COMPRESSED);
  }

  static InputStream decompressed(Path compressed) throws IOException {
    InputStream in = Files.newInputStream(compressed);
    try {
      return new GZIPInputStream(in, BUFFER_BYTES);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }
}
