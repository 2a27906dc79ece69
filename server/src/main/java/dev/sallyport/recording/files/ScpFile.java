package dev.sallyport.recording.files;

import dev.sallyport.recording.files.FileEvent.Direction;
import dev.sallyport.recording.files.FileEvent.Transferred;
import java.util.Optional;

/** A file that is being transferred in the scp protocol. Not for several threads at once. */
final class ScpFile {
  private final String path;
  private final ContentHash content;
  private long left;

  /** The first failure that either side reported. */
  private Optional<String> failure = Optional.empty();

  private boolean sent;
  private boolean answered;

  ScpFile(String path, long size, ObserverMemory memory) {
    this.path = path;
    this.content = new ContentHash(new Allowance(0, memory));
    this.left = size;
    content.begin(0);
  }

  long left() {
    return left;
  }

  void add(Slice part) {
    content.add(content.bytes(), part);
    left -= part.length();
  }

  /** The sender's status after the content. */
  void sent(Optional<String> problem) {
    sent = true;
    failure = failure.or(() -> problem);
  }

  /** The receiver's status. */
  void answered(Optional<String> problem) {
    answered = true;
    failure = failure.or(() -> problem);
  }

  boolean isDone() {
    return sent && answered;
  }

  Transferred event(Direction direction) {
    if (failure.isPresent()) {
      content.lose();
    }
    String result = failure.orElse(isDone() ? "ok" : FileEvent.UNFINISHED);
    return new Transferred(
        direction, path, content.bytes(), 0, content.finish(), result, content.unhashed());
  }

  /** The event if the transfer ended now, without the hash. */
  Transferred soFar(Direction direction) {
    return new Transferred(
        direction, path, content.bytes(), 0, Optional.empty(), FileEvent.UNFINISHED);
  }

  /** Drops the hash, because data may be missing from now on. */
  void lose() {
    content.lose();
  }
}
