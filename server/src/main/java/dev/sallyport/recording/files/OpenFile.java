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

  /** The first failure of a transfer. */
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
   * The direction for which a file was opened. OpenSSH's sftp-server creates the file for CREATE
   * and truncates it for TRUNCATE even when it is opened for reading, which POSIX leaves undefined.
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

  /**
   * The target itself has copied data into the file, so the transferred content is not complete.
   */
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

  /** Whether no more content can follow: the file is closed, and every request is answered. */
  boolean isDone() {
    return closed.isPresent() && unanswered == 0;
  }

  /** Drops the hashes, because data may be missing from now on. */
  void lose() {
    put.lose();
    get.lose();
  }

  /** The events about the file; called once. */
  List<Transferred> events() {
    return told(failure.or(() -> closed).orElse(FileEvent.UNFINISHED), ContentHash::finish);
  }

  /** The events if the transfers ended now, without hashes. */
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
