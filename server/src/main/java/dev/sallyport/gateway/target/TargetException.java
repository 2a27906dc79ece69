package dev.sallyport.gateway.target;

/**
 * There is no connection to the target. The message is a sentence for the user: what happened, to
 * what, and what to do; nothing in it needs escaping any more.
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
