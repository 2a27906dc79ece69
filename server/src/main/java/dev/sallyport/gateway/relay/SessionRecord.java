package dev.sallyport.gateway.relay;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditUnavailableException;
import dev.sallyport.audit.SessionEvent;
import dev.sallyport.audit.SessionFacts;
import dev.sallyport.memory.MemoryShare;
import dev.sallyport.model.Terms;
import dev.sallyport.recording.Asked;
import dev.sallyport.recording.Recording;
import dev.sallyport.recording.RecordingException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What is kept of one session on a target: its recording, and two lines in the audit log. Who gets
 * one has a session, which is told as opened and, once it is {@link #close}d, as closed.
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
   * When this returns, the recording and the log have on disk what begins.
   *
   * @param recording ended here when there is no session, and else with it
   * @throws SessionFailure when there must be no session; the log has no word of one then
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
      throw new SessionFailure(
          "the audit log cannot be written, so nothing is opened; tell the bastion's operator", e);
    } finally {
      if (!opened) {
        made.ifPresent(SessionTap::end);
        recording.end(Optional.empty(), Optional.empty(), "it could not begin");
      }
    }
  }

  /** Sees everything that passes. */
  SessionTap tap() {
    return tap;
  }

  /** Writes what happens in the session to the audit log. */
  FileEvents events() {
    return events;
  }

  /**
   * The session is over.
   *
   * @param ended nothing after a fault of the bastion's
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
