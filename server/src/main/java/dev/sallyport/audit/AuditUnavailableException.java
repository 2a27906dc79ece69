package dev.sallyport.audit;

/** The event is not on disk, so what it would have recorded must not happen. */
public final class AuditUnavailableException extends Exception {
  private static final long serialVersionUID = 1L;

  public AuditUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
