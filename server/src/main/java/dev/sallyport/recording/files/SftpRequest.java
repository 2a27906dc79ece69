package dev.sallyport.recording.files;

import dev.sallyport.recording.files.FileEvent.Change;
import java.util.Optional;

/**
 * A request that the target has not answered.
 *
 * <p>A handle is looked up when the request passes. A request with a handle that the target has not
 * given yet (they are easily guessed: OpenSSH's count from 0) has none; when the target accepts it
 * after all, what passed cannot be told from here.
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
   * Whatever changes names or attributes.
   *
   * @param known false when a handle in it was not known
   */
  record Alter(Change change, String path, Optional<String> newPath, String detail, boolean known)
      implements SftpRequest {}

  /** What only asks: STAT, READDIR, limits@openssh.com, … */
  record Ask() implements SftpRequest {}

  /** Bytes of text that it holds. */
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
