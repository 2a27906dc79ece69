package dev.sallyport.recording;

import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;

/** One stream, of which the beginning is kept in a file. Guarded by its recording's lock. */
final class KeptStream {
  /**
   * Bytes from which on a stream that is not kept is hashed. What is shorter may be a password that
   * a script pipes in, and whoever has the hash of a password guesses it.
   */
  static final int SHORTEST_HASHED = 256;

  private final Path path;
  private final long keep;
  private final MessageDigest sha256 = Sha256.digest();
  private Optional<RecordedFile> file = Optional.empty();
  private long total;

  /** Bytes that passed and were not to be kept. */
  private long unkept;

  /**
   * @param keep bytes kept at most
   */
  KeptStream(Path path, long keep) {
    this.path = path;
    this.keep = keep;
  }

  String name() {
    return Folders.nameOf(path);
  }

  void write(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return;
    }
    if (file.isEmpty()) {
      file = Optional.of(RecordedFile.create(path));
    }
    int kept = (int) Math.min(length, Math.max(0, keep - total));
    file.get().write(bytes, offset, kept);
    sha256.update(bytes, offset, length);
    total += length;
  }

  /** As {@link #write}, and keeps nothing: there is a file, and it is empty. */
  void pass(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return;
    }
    if (file.isEmpty()) {
      file = Optional.of(RecordedFile.create(path));
    }
    sha256.update(bytes, offset, length);
    total += length;
    unkept += length;
  }

  void flush() throws IOException {
    if (file.isPresent()) {
      file.get().flush();
    }
  }

  /** Empty when there was no byte. */
  Optional<Manifest.FileFacts> finish() throws IOException {
    if (file.isEmpty()) {
      return Optional.empty();
    }
    RecordedFile.Finished kept = file.get().finish();
    String hash = unkept > 0 && unkept < SHORTEST_HASHED ? "" : Sha256.hex(sha256);
    return Optional.of(new Manifest.FileFacts(kept.bytes(), kept.sha256(), total, hash));
  }
}
