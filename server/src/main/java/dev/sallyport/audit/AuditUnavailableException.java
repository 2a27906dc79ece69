package dev.sallyport.audit;

/** An event could not be written to disk, so the act that it describes must not happen. */
public final class AuditUnavailableException extends Exception {
  private static final long serialVersionUID = 1L;

  public AuditUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
