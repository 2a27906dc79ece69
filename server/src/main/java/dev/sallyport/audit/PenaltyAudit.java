package dev.sallyport.audit;

/** Logs the beginning and the end of one penalty. */
public final class PenaltyAudit {
  private final AuditLog log;

  PenaltyAudit(AuditLog log) {
    this.log = log;
  }

  /** Logs the beginning. */
  public void began(AuditEvent.PenaltyBegan event) {
    log.append(event);
  }

  /** Logs the end; called once, after {@link #began}. */
  public void ended(AuditEvent.PenaltyEnded event) {
    log.append(event);
  }
}
