package dev.sallyport.recording.files;

import dev.sallyport.recording.files.FileEvent.Direction;
import dev.sallyport.recording.files.FileEvent.Transferred;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A file between OPEN and the answer to CLOSE. Not for several threads at once. */
final class OpenFile implements Opened {
  // Flags of SSH_FXP_OPEN (draft-ietf-secsh-filexfer-02, section 6.3).
  private static final int WRITE = 0x2;
  private static final int APPEND = 0x4;
  private static final int CREATE = 0x8;
  private static final int TRUNCATE = 0x10;

  private final String path;
  private final int flags;
  private final ContentHash put;
  private final ContentHash get;

  /** The first thing that went wrong with its content. */
  private Optional<String> failure = Optional.empty();

  private Optional<String> closed = Optional.empty();
  private int unanswered;

  OpenFile(String path, int flags, Allowance waitingRoom) {
    this.path = path;
    this.flags = flags;
    this.put = new ContentHash(waitingRoom);
    this.get = new ContentHash(waitingRoom);
  }

  /**
   * The direction that a file was opened for. OpenSSH's sftp-server makes the file for CREATE and
   * empties it for TRUNCATE also when it is opened to be read, which POSIX leaves open.
   */
  static Direction direction(int flags) {
    return (flags & (WRITE | CREATE | TRUNCATE)) != 0 ? Direction.PUT : Direction.GET;
  }

  @Override
  public String path() {
    return path;
  }

  void writing(long offset, Slice data) {
    unanswered++;
    if ((flags & APPEND) != 0) {
      put.append(offset, data);
    } else {
      put.add(offset, data);
    }
  }

  void written(int status) {
    unanswered--;
    if (status != SftpStatus.OK) {
      put.lose();
      fail(status);
    }
  }

  void reading(long offset) {
    unanswered++;
    get.begin(offset);
  }

  void read(long offset, Slice data) {
    unanswered--;
    get.add(offset, data);
  }

  void notRead(int status) {
    unanswered--;
    if (status != SftpStatus.EOF) {
      fail(status);
    }
  }

  /** The target changes the content by itself, so what passes here is not all of it. */
  void copiedInto() {
    put.lose();
  }

  private void fail(int status) {
    if (failure.isEmpty()) {
      failure = Optional.of(SftpStatus.text(status));
    }
  }

  void closed(int status) {
    closed = Optional.of(SftpStatus.text(status));
  }

  /** Whether nothing more can pass: closed, and every request answered. */
  boolean isDone() {
    return closed.isPresent() && unanswered == 0;
  }

  /** It stopped being understood: what is hashed so far may not be all. */
  void lose() {
    put.lose();
    get.lose();
  }

  /** What is to be told of it; called once. */
  List<Transferred> events() {
    return told(failure.or(() -> closed).orElse(FileEvent.UNFINISHED), ContentHash::finish);
  }

  /** What would be told if nothing followed, but for the hash. */
  List<Transferred> soFar() {
    return told(FileEvent.UNFINISHED, content -> Optional.empty());
  }

  private Transferred of(
      Direction direction,
      ContentHash content,
      Function<ContentHash, Optional<String>> hash,
      String result) {
    Optional<String> sha256 = hash.apply(content);
    return new Transferred(
        direction, path, content.bytes(), content.offset(), sha256, result, content.unhashed());
  }

  private List<Transferred> told(String result, Function<ContentHash, Optional<String>> hash) {
    boolean openedToWrite = direction(flags) == Direction.PUT;
    boolean changedByOpening = (flags & (CREATE | TRUNCATE)) != 0;
    List<Transferred> told = new ArrayList<>();
    if (put.hasBegun() || changedByOpening || (openedToWrite && !get.hasBegun())) {
      told.add(of(Direction.PUT, put, hash, result));
    }
    if (get.hasBegun() || !openedToWrite) {
      told.add(of(Direction.GET, get, hash, result));
    }
    return told;
  }
}
