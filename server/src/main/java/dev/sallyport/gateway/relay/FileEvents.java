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
import java.util.concurrent.atomic.AtomicLong;

/**
 * Logs what happens to files in one session, and the client's other requests. The user controls how
 * many events there are, and a rename costs the client 30 bytes and the log 1,000. So they count
 * against the user's event rate, and the session's data waits until they are paid for. For all
 * threads.
 */
final class FileEvents {
  private final AuditLog audit;
  private final AuditEvent.Connection connection;
  private final SessionFacts session;

  /**
   * The time at which all events of this session so far are paid for, by {@link System#nanoTime}.
   * Waiting until the user owes nothing would be wrong: the user's other sessions could keep this
   * one waiting for ever.
   */
  private final AtomicLong paid = new AtomicLong(System.nanoTime());

  FileEvents(AuditLog audit, AuditEvent.Connection connection, SessionFacts session) {
    this.audit = audit;
    this.connection = connection;
    this.session = session;
  }

  /** Nanoseconds until all events of this session so far are paid for; 0 when they are. */
  long tooFast() {
    return Math.max(0, paid.get() - System.nanoTime());
  }

  /**
   * Never waits, because the observer that calls it blocks both directions.
   *
   * @param protocol {@code sftp} or {@code scp}
   */
  void tell(String protocol, FileEvent event) {
    Instant now = Instant.now();
    audit.append(
        switch (event) {
          case FileEvent.Transferred(
                  FileEvent.Direction direction,
                  String path,
                  long bytes,
                  long offset,
                  Optional<String> sha256,
                  String result,
                  Optional<String> unhashed) ->
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
                  result,
                  unhashed);
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
    noteDebt();
  }

  /**
   * Logs a request of the client's. Never waits.
   *
   * @param request its type
   * @param detail any text
   * @param passed false when the request was not passed on, or the target refused it
   */
  void requested(String request, String detail, boolean passed) {
    audit.append(
        new SessionEvent.SessionRequested(
            Instant.now(), connection, session, request, detail, passed));
    noteDebt();
  }

  private void noteDebt() {
    long due = System.nanoTime() + audit.rate(session.user()).owe(0);
    paid.updateAndGet(before -> due - before > 0 ? due : before);
  }

  private SessionEvent.FileChanged changed(Instant now, String protocol, FileEvent.Changed event) {
    // SFTP puts the existing path first, and the log puts a link before its target.
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
