package dev.sallyport.gateway.outbound;

/**
 * The connection to the target could not be made. The message is an escaped sentence for the user:
 * what happened, to what, and what to do.
 */
public sealed class TargetException extends Exception permits ShedException {
  private static final long serialVersionUID = 1L;

  public TargetException(String message) {
    super(message);
  }

  public TargetException(String message, Throwable cause) {
    super(message, cause);
  }
}
