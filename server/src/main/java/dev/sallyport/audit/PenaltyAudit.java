package dev.sallyport.audit;

/** What the log is told of one penalty: its beginning, and then its end. */
public final class PenaltyAudit {
  private final AuditLog log;

  PenaltyAudit(AuditLog log) {
    this.log = log;
  }

  /** It is enforced from now on. */
  public void began(AuditEvent.PenaltyBegan event) {
    log.append(event);
  }

  /** It is over; to be called once, after {@link #began}. */
  public void ended(AuditEvent.PenaltyEnded event) {
    log.append(event);
  }
}
