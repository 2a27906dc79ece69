package dev.sallyport.recording;

import dev.sallyport.model.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * One stream: it is kept in a file from its beginning on. Once something is not kept, nothing more
 * is, because a gap would look as if nothing was missing. All of it is counted and hashed. Guarded
 * by its recording's lock.
 */
final class KeptStream {
  /**
   * Bytes from which on input that is not to be kept is hashed. What is shorter may be a password
   * that a script pipes in, and whoever has the hash of a password guesses it.
   */
  static final int SHORTEST_HASHED = 256;

  private final Path path;
  private Optional<RecordedFile> file = Optional.empty();

  /** Of all that passed, from the first byte on that is not kept; empty when some is lost. */
  private Optional<MessageDigest> whole = Optional.empty();

  private long total;

  /** Bytes that passed and were not to be kept. */
  private long secret;

  /** Whether bytes passed that were not kept. */
  private boolean hasGap;

  KeptStream(Path path) {
    this.path = path;
  }

  String name() {
    return Folders.nameOf(path);
  }

  /** Whether bytes passed that were not kept. */
  boolean hasGap() {
    return hasGap;
  }

  /**
   * Keeps these bytes.
   *
   * @param most bytes kept of the stream at most
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

  /** Counts and hashes bytes that are not to be kept: there is a file, and it is empty. */
  void pass(byte[] bytes, int offset, int length) throws IOException {
    if (length > 0) {
      open();
      secret += length;
      skip(bytes, offset, length);
    }
  }

  /** Counts and hashes bytes that cannot be kept. */
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

  /** Bytes that the file takes of the disk. */
  long taken() {
    return file.isPresent() ? Blocks.of(file.get().bytes()) : 0;
  }

  /** Bytes that passed, those that were not kept included. */
  long total() {
    return total;
  }

  /** Empty when there was no byte, or when no file could be made. */
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
