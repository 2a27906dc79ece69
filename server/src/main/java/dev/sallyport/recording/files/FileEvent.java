package dev.sallyport.recording.files;

import java.util.Optional;

/**
 * An event about a file in a session. All texts come from the network and are bounded. In them, a
 * byte that is not UTF-8 is {@code \xHH} and a backslash is {@code \\}. Control characters are not
 * escaped, so code that shows or writes the texts must escape them.
 */
public sealed interface FileEvent {
  /** The result of an operation that had not ended when the session did. */
  String UNFINISHED = "unfinished";

  /** The direction of a transfer, from the client's point of view, as in sftp(1). */
  enum Direction {
    /** From the client to the target. */
    PUT,
    /** From the target to the client. */
    GET
  }

  /** A change of a name or of attributes. */
  enum Change {
    RENAME,
    REMOVE,
    MKDIR,
    RMDIR,
    /** Mode, owner, times or size, which the detail shows. */
    SETSTAT,
    /** The path is the link's target, and the new path is the link. */
    SYMLINK,
    /** The path is the existing file, and the new path is its new name. */
    HARDLINK,
    /** The target itself copied the path to the new path; no content was transferred. */
    COPY,
    /** An unknown extension, whose name is the detail; the path is empty. */
    EXTENSION
  }

  /**
   * Content was transferred, or a file was opened for a transfer, or this was refused.
   *
   * @param path as sent by the client or the target; for scp see {@link ScpObserver}
   * @param bytes the number of bytes transferred, counting repeated ones again
   * @param offset the position of the first byte in the file; more than 0 when a transfer was
   *     resumed
   * @param sha256 in lower-case hexadecimal, of the bytes from {@code offset} on in the order of
   *     the file; empty when the bytes have gaps, came too far out of order, or were refused by the
   *     target
   * @param result {@code "ok"}, or the failure, as SFTP's status or the text of scp; {@link
   *     #UNFINISHED} when the session ended first
   * @param unhashed why there is no hash, if the result does not say it; a sentence without a full
   *     stop
   */
  record Transferred(
      Direction direction,
      String path,
      long bytes,
      long offset,
      Optional<String> sha256,
      String result,
      Optional<String> unhashed)
      implements FileEvent {
    /** A transfer with a hash, or with a result that explains why there is none. */
    public Transferred(
        Direction direction,
        String path,
        long bytes,
        long offset,
        Optional<String> sha256,
        String result) {
      this(direction, path, bytes, offset, sha256, result, Optional.empty());
    }
  }

  /**
   * A name or attributes were changed, or this was refused.
   *
   * @param newPath for changes with two names
   * @param detail such as {@code "mode 0644"}, or empty
   * @param result {@code "ok"}, or the failure; {@link #UNFINISHED} when no answer came
   */
  record Changed(Change change, String path, Optional<String> newPath, String detail, String result)
      implements FileEvent {}

  /**
   * The session cannot be parsed any further. It continues, and this is its last event.
   *
   * @param reason a sentence without a full stop, safe to show on a terminal
   */
  record Unparsed(String reason) implements FileEvent {}
}
