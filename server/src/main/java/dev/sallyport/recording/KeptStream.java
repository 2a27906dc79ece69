package dev.sallyport.recording;

import dev.sallyport.model.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * One stream, of which the beginning is kept in a file. Once some data is not kept, no later data
 * is, because a gap would not be visible. All data is counted and hashed. Guarded by its
 * recording's lock.
 */
final class KeptStream {
  /**
   * Secret input of this many bytes and more is hashed. Shorter input may be a password from a
   * script, which could be guessed from its hash.
   */
  static final int SHORTEST_HASHED = 256;

  private final Path path;
  private Optional<RecordedFile> file = Optional.empty();

  /**
   * The digest of all data, used from the first byte that is not kept; empty when some data is
   * lost.
   */
  private Optional<MessageDigest> whole = Optional.empty();

  private long total;

  /** Bytes of input that must not be kept. */
  private long secret;

  /** Whether some data was not kept. */
  private boolean hasGap;

  KeptStream(Path path) {
    this.path = path;
  }

  String name() {
    return Folders.nameOf(path);
  }

  /** Whether some data was not kept. */
  boolean hasGap() {
    return hasGap;
  }

  /**
   * Adds data.
   *
   * @param most bytes of the stream to keep at most
   */
  void write(byte[] bytes, int offset, int length, long most) throws IOException {
    int kept = hasGap ? 0 : (int) Math.min(length, Math.max(0, most - total));
    if (kept > 0) {
      open().write(bytes, offset, kept);
      total += kept;
    }
    if (kept < length) {
      open(); // so that the manifest has the stream's facts
      skip(bytes, offset + kept, length - kept);
    }
  }

  /** Counts and hashes data that must not be kept; its file is empty. */
  void pass(byte[] bytes, int offset, int length) throws IOException {
    if (length > 0) {
      open();
      secret += length;
      skip(bytes, offset, length);
    }
  }

  /** Counts and hashes data that cannot be kept. */
  void skip(byte[] bytes, int offset, int length) {
    if (length == 0) {
      return;
    }
    if (!hasGap) {
      hasGap = true;
      whole = digest();
    }
    whole.ifPresent(digest -> digest.update(bytes, offset, length));
    total += length;
  }

  private Optional<MessageDigest> digest() {
    try {
      return file.isPresent() ? file.get().digest() : Optional.of(Sha256.digest());
    } catch (IOException lost) {
      return Optional.empty();
    }
  }

  private RecordedFile open() throws IOException {
    if (file.isEmpty()) {
      file = Optional.of(RecordedFile.create(path));
    }
    return file.get();
  }

  void flush() throws IOException {
    if (file.isPresent()) {
      file.get().flush();
    }
  }

  /** Disk space of the file in bytes. */
  long taken() {
    return file.isPresent() ? Blocks.of(file.get().bytes()) : 0;
  }

  /** Bytes that passed, including those that were not kept. */
  long total() {
    return total;
  }

  /** The facts of the file; empty when there was no data, or no file could be created. */
  Optional<Manifest.FileFacts> finish() throws IOException {
    if (file.isEmpty()) {
      return Optional.empty();
    }
    RecordedFile.Finished kept = file.get().finish();
    return Optional.of(new Manifest.FileFacts(kept.bytes(), kept.sha256(), total, hash(kept)));
  }

  private String hash(RecordedFile.Finished kept) {
    if (kept.bytes() == total) {
      return kept.sha256();
    }
    return secret > 0 && secret < SHORTEST_HASHED ? "" : whole.map(Sha256::hex).orElse("");
  }
}
