package dev.sallyport.recording.files;

import dev.sallyport.recording.files.FileEvent.Change;
import java.util.Optional;

/**
 * A request that the target has not answered.
 *
 * <p>A handle is looked up when the request passes; the result is empty when it is unknown.
 */
sealed interface SftpRequest {
  /** SSH_FXP_OPEN. */
  record Open(String path, int flags) implements SftpRequest {}

  /** SSH_FXP_OPENDIR. */
  record OpenDirectory(String path) implements SftpRequest {}

  /** SSH_FXP_CLOSE. */
  record Close(String handle, Optional<Opened> opened) implements SftpRequest {}

  /** SSH_FXP_READ. */
  record Read(Optional<OpenFile> file, long offset, int length) implements SftpRequest {}

  /** SSH_FXP_WRITE. */
  record Write(Optional<OpenFile> file) implements SftpRequest {}

  /**
   * A change of names or attributes.
   *
   * @param known false when a handle in it was unknown
   */
  record Alter(Change change, String path, Optional<String> newPath, String detail, boolean known)
      implements SftpRequest {}

  /** A query without effect: STAT, READDIR, limits@openssh.com, … */
  record Ask() implements SftpRequest {}

  /** Whether it uses an unknown handle. */
  default boolean isWithUnknownHandle() {
    return switch (this) {
      case Close close -> close.opened.isEmpty();
      case Read read -> read.file.isEmpty();
      case Write write -> write.file.isEmpty();
      case Alter alter -> !alter.known;
      case Open open -> false;
      case OpenDirectory directory -> false;
      case Ask ask -> false;
    };
  }

  /** Whether the answer may contain a handle. */
  default boolean opens() {
    return this instanceof Open || this instanceof OpenDirectory;
  }

  /** Memory of its text in bytes. */
  default int textBytes() {
    return switch (this) {
      case Open(String path, int flags) -> 2 * path.length();
      case OpenDirectory(String path) -> 2 * path.length();
      case Close(String handle, Optional<Opened> opened) -> handle.length();
      case Alter alter ->
          2
              * (alter.path.length()
                  + alter.newPath.map(String::length).orElse(0)
                  + alter.detail.length());
      case Read read -> 0;
      case Write write -> 0;
      case Ask ask -> 0;
    };
  }
}
