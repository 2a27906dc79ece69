package dev.sallyport.recording.files;

import java.util.Optional;

/**
 * What happened to a file in a session. All texts come from the network and are bounded. They are
 * UTF-8 in which a byte that is none is {@code \xHH} and a backslash is {@code \\}; control
 * characters are as they came, so whoever shows or writes them escapes those.
 */
public sealed interface FileEvent {
  /** The result of what had no end when the session had one. */
  String UNFINISHED = "unfinished";

  /** Seen from the client, as in sftp(1). */
  enum Direction {
    /** From the client to the target. */
    PUT,
    /** From the target to the client. */
    GET
  }

  /** What was done to a name or its attributes. */
  enum Change {
    RENAME,
    REMOVE,
    MKDIR,
    RMDIR,
    /** Mode, owner, times or size: the detail says which. */
    SETSTAT,
    /** The path is what the link points to, the new path is the link. */
    SYMLINK,
    /** The path is the file there was, the new path is its new name. */
    HARDLINK,
    /** The target copied from the path to the new path by itself; no content passed here. */
    COPY,
    /** An extension that we do not know; the detail names it, and the path is empty. */
    EXTENSION
  }

  /**
   * Content passed, or a file was opened for it, or that was refused.
   *
   * @param path as the client or the target spelled it; see {@link ScpObserver} for scp's
   * @param bytes how many passed, those sent twice counted twice
   * @param offset where in the file the first of them belongs; more than 0 when a transfer was
   *     taken up again
   * @param sha256 lower-case hexadecimal, of the bytes from {@code offset} on in the order of the
   *     file; empty when they were not one unbroken run, came too far out of order to be put
   *     straight in bounded memory, or were refused by the target
   * @param result {@code "ok"}, or why not, in SFTP's words or in those of the scp that failed;
   *     {@link #UNFINISHED} when the session ended first
   * @param unhashed why there is no hash, where the result does not say it; one sentence without an
   *     end mark
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
    /** With a hash, or with a result that says why there is none. */
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
   * A name or its attributes were changed, or that was refused.
   *
   * @param newPath for changes that have two names
   * @param detail such as {@code "mode 0644"}; empty when there is nothing to add
   * @param result {@code "ok"}, or why not; {@link #UNFINISHED} when no answer came
   */
  record Changed(Change change, String path, Optional<String> newPath, String detail, String result)
      implements FileEvent {}

  /**
   * From here on the session is not understood: it goes on, and this is the last event of it.
   *
   * @param reason one sentence without an end mark, fit for a terminal
   */
  record Unparsed(String reason) implements FileEvent {}
}
