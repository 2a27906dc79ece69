package dev.sallyport.gateway.relay;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditUnavailableException;
import dev.sallyport.audit.SessionEvent;
import dev.sallyport.audit.SessionFacts;
import dev.sallyport.forward.ForwardRecord;
import dev.sallyport.memory.MemoryShare;
import dev.sallyport.model.Terms;
import dev.sallyport.recording.Asked;
import dev.sallyport.recording.Recording;
import dev.sallyport.recording.RecordingException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The recording of one session on a target, and its events in the audit log: opened when it is
 * created, and closed by {@link #close}.
 */
final class SessionRecord {
  private final AuditLog audit;
  private final AuditEvent.Connection connection;
  private final SessionFacts facts;
  private final Start start;
  private final Recording recording;
  private final SessionTap tap;
  private final FileEvents events;
  private final Instant begin;

  private SessionRecord(
      AuditLog audit,
      AuditEvent.Connection connection,
      SessionFacts facts,
      Start start,
      Recording recording,
      SessionTap tap,
      FileEvents events,
      Instant begin) {
    this.audit = audit;
    this.connection = connection;
    this.facts = facts;
    this.start = start;
    this.recording = recording;
    this.tap = tap;
    this.events = events;
    this.begin = begin;
  }

  /**
   * Begins the recording and logs the session. Both are on disk when this returns.
   *
   * @param recording ended by this method when it fails, and by {@link #close} otherwise
   * @throws SessionFailure when there must be no session; then nothing was logged
   */
  static SessionRecord open(
      AuditLog audit,
      AuditEvent.Connection connection,
      SessionFacts facts,
      SessionRequests requests,
      Recording recording,
      Terms.Input input,
      MemoryShare memory)
      throws SessionFailure {
    Optional<SessionTap> made = Optional.empty();
    FileEvents events = new FileEvents(audit, connection, facts);
    boolean opened = false;
    try {
      SessionTap tap = SessionTap.of(recording, requests, input, events, memory);
      made = Optional.of(tap);
      Instant begin = Instant.now();
      Asked asked = requests.asked(input);
      audit.commit(
          new SessionEvent.SessionOpened(
              begin,
              connection,
              facts,
              requests.start().kind(),
              asked.command(),
              asked.hex(),
              asked.environment()));
      opened = true;
      return new SessionRecord(
          audit, connection, facts, requests.start(), recording, tap, events, begin);
    } catch (RecordingException e) {
      throw new SessionFailure(String.valueOf(e.getMessage()), e);
    } catch (AuditUnavailableException e) {
      throw new SessionFailure(ForwardRecord.UNAVAILABLE, e);
    } finally {
      if (!opened) {
        made.ifPresent(SessionTap::end);
        recording.end(Optional.empty(), Optional.empty(), "it could not begin");
      }
    }
  }

  /** Observes all data of the session. */
  SessionTap tap() {
    return tap;
  }

  /** Logs file events and requests of the session. */
  FileEvents events() {
    return events;
  }

  /**
   * Ends the recording, and logs the session's end.
   *
   * @param ended empty after an internal error
   */
  void close(Optional<Relay.Ended> ended) {
    tap.end();
    Optional<Integer> status = ended.flatMap(Relay.Ended::exitStatus);
    Optional<String> signal = ended.flatMap(Relay.Ended::exitSignal);
    String reason = ended.map(Relay.Ended::reason).orElse(Relay.FAULT);
    recording.end(status, signal, reason);
    audit.append(
        new SessionEvent.SessionClosed(
            Instant.now(),
            connection,
            facts,
            start.kind(),
            start.shown(),
            status,
            signal,
            Duration.between(begin, Instant.now()),
            ended.map(Relay.Ended::bytesToTarget).orElse(0L),
            ended.map(Relay.Ended::bytesFromTarget).orElse(0L),
            reason));
  }
}
