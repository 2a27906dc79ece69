package dev.sallyport.recording.files;

import dev.sallyport.recording.files.FileEvent.Direction;
import dev.sallyport.recording.files.FileEvent.Transferred;
import java.util.Optional;

/** A file on its way over the scp protocol. Not for several threads at once. */
final class ScpFile {
  private final String path;
  private final ContentHash content;
  private long left;

  /** What the first of both sides that was not content said. */
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

  /** The sender said that it is complete, or why not. */
  void sent(Optional<String> problem) {
    sent = true;
    failure = failure.or(() -> problem);
  }

  /** The receiver said that it has it, or why not. */
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

  /** What would be told if nothing followed, but for the hash. */
  Transferred soFar(Direction direction) {
    return new Transferred(
        direction, path, content.bytes(), 0, Optional.empty(), FileEvent.UNFINISHED);
  }

  /** It stopped being understood: what is hashed so far may not be all. */
  void lose() {
    content.lose();
  }
}
