package dev.sallyport.forward;

import dev.sallyport.access.Caller;
import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditUnavailableException;
import dev.sallyport.audit.TrafficSummary;
import dev.sallyport.model.Denial;
import dev.sallyport.model.Grant;
import dev.sallyport.model.Target;
import dev.sallyport.model.Terms;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * What the audit log has of one forward: one event when it is refused or has failed, or two, opened
 * and closed. The same for a forward of a connection, for one inside a recorded connection, and for
 * a session that the gateway could not open. Used by the forward's own thread.
 */
public final class ForwardRecord {
  /** Opened and closed; or one, refused or failed. */
  private static final int EVENTS = 2;

  /** What the user reads when {@link #opened} fails. */
  public static final String UNAVAILABLE =
      "the audit log cannot be written, so nothing is opened; contact the bastion's operator";

  private final AuditLog audit;
  private final AuditEvent.Connection connection;
  private final AuditEvent.Forward facts;

  /**
   * Nothing is written yet.
   *
   * @param asked as the client sent it
   */
  public ForwardRecord(AuditLog audit, Caller caller, Target asked) {
    this.audit = audit;
    this.connection = caller.connection();
    this.facts = new AuditEvent.Forward(UUID.randomUUID().toString(), caller.user().name(), asked);
  }

  /** The forward in all of its events. */
  public AuditEvent.Forward facts() {
    return facts;
  }

  /**
   * Waits until the user's rate allows the events. This comes first: a forward that waits holds no
   * socket, and is decided on afterwards.
   *
   * @param gone ends the wait, when nobody waits for the forward any more
   * @return false when the bastion stops, or {@code gone}
   */
  public boolean awaitTurn(BooleanSupplier gone) throws InterruptedException {
    return audit.rate(facts.user()).await(EVENTS, gone);
  }

  /** The forward was refused, before anything was dialled. */
  public void refused(Denial denial) {
    audit.append(new AuditEvent.ForwardRefused(Instant.now(), connection, facts, denial));
  }

  /**
   * The forward was granted, and could not be opened.
   *
   * @param rule the rule that granted it
   * @param why escaped
   */
  public void failed(String rule, String why) {
    audit.append(new AuditEvent.ForwardFailed(Instant.now(), connection, facts, rule, why));
  }

  /**
   * The forward is open. Returns when the event is on the disk, so that nothing passes unrecorded.
   * {@link Opened#closed} must follow.
   *
   * @throws AuditUnavailableException when the event cannot be written; then nothing may pass
   */
  public Opened opened(Grant.Candidate candidate, Terms terms) throws AuditUnavailableException {
    Instant begin = Instant.now();
    audit.commit(
        new AuditEvent.ForwardOpened(
            begin,
            connection,
            facts,
            candidate.address(),
            candidate.rule(),
            switch (terms) {
              case Terms.Metadata() -> "metadata";
              case Terms.Session session -> "session";
            }));
    return new Opened(begin, candidate);
  }

  /** An open forward. */
  public final class Opened {
    private final Instant begin;
    private final Grant.Candidate candidate;

    private Opened(Instant begin, Grant.Candidate candidate) {
      this.begin = begin;
      this.candidate = candidate;
    }

    /**
     * The forward has ended. Called once.
     *
     * @param received bytes from the client
     * @param sent bytes to the client
     * @param reason escaped
     */
    public void closed(long received, long sent, String reason, TrafficSummary traffic) {
      Instant end = Instant.now();
      audit.append(
          new AuditEvent.ForwardClosed(
              end,
              connection,
              facts,
              candidate.address(),
              candidate.rule(),
              received,
              sent,
              Duration.between(begin, end),
              reason,
              traffic));
    }
  }
}
