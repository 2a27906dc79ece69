package dev.sallyport.recording;

import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;

/** One stream, of which the beginning is kept in a file. Guarded by its recording's lock. */
final class KeptStream {
  private final Path path;
  private final long keep;
  private final MessageDigest sha256 = Sha256.digest();
  private Optional<RecordedFile> file = Optional.empty();
  private long total;

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
    return Optional.of(
        new Manifest.FileFacts(kept.bytes(), kept.sha256(), total, Sha256.hex(sha256)));
  }
}
