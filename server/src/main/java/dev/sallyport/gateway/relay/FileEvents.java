package dev.sallyport.gateway.relay;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.FileChange;
import dev.sallyport.audit.FileDirection;
import dev.sallyport.audit.SessionEvent;
import dev.sallyport.audit.SessionFacts;
import dev.sallyport.recording.files.FileEvent;
import java.time.Instant;
import java.util.Optional;

/** Tells the audit log what happened to files in one session. For all threads. */
record FileEvents(
    AuditLog audit, AuditEvent.Connection connection, SessionFacts session, EventPace pace) {
  /** As {@link SessionTap#tooFast}. */
  long tooFast() {
    return pace.ahead(System.nanoTime());
  }

  /**
   * Never waits: the observer that calls it holds up both directions meanwhile.
   *
   * @param protocol {@code sftp} or {@code scp}
   */
  void tell(String protocol, FileEvent event) {
    pace.take(System.nanoTime(), event.pathCharacters());
    Instant now = Instant.now();
    audit.append(
        switch (event) {
          case FileEvent.Transferred(
                  FileEvent.Direction direction,
                  String path,
                  long bytes,
                  long offset,
                  Optional<String> sha256,
                  String result) ->
              new SessionEvent.FileTransferred(
                  now,
                  connection,
                  session,
                  switch (direction) {
                    case PUT -> FileDirection.PUT;
                    case GET -> FileDirection.GET;
                  },
                  path,
                  bytes,
                  offset,
                  sha256.orElse(""),
                  protocol,
                  result);
          case FileEvent.Changed changed -> changed(now, protocol, changed);
          case FileEvent.Unparsed(String reason) ->
              new SessionEvent.FileChanged(
                  now,
                  connection,
                  session,
                  FileChange.UNKNOWN,
                  "",
                  Optional.empty(),
                  protocol + " is not understood from here on",
                  reason);
        });
  }

  private SessionEvent.FileChanged changed(Instant now, String protocol, FileEvent.Changed event) {
    // SFTP names what there is before what is made of it; the log names a link before its target.
    boolean isLink = kind(event.change()) == FileChange.LINK;
    return new SessionEvent.FileChanged(
        now,
        connection,
        session,
        kind(event.change()),
        isLink ? event.newPath().orElse("") : event.path(),
        isLink ? Optional.of(event.path()) : event.newPath(),
        kind(event.change()) == FileChange.UNKNOWN
            ? protocol + " extension " + event.detail() + " is not understood"
            : event.detail(),
        event.result());
  }

  private static FileChange kind(FileEvent.Change change) {
    return switch (change) {
      case RENAME -> FileChange.RENAME;
      case REMOVE -> FileChange.REMOVE;
      case MKDIR -> FileChange.MAKE_DIRECTORY;
      case RMDIR -> FileChange.REMOVE_DIRECTORY;
      case SETSTAT -> FileChange.SET_ATTRIBUTES;
      case SYMLINK, HARDLINK -> FileChange.LINK;
      case COPY -> FileChange.COPY;
      case EXTENSION -> FileChange.UNKNOWN;
    };
  }
}
