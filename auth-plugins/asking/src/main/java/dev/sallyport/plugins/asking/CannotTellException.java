package dev.sallyport.plugins.asking;

/**
 * Nobody answered. At a login it lets nobody in; for one that is live it is no revocation. Without
 * a stack trace, because strangers can bring it about and none of our code is wrong.
 */
public final class CannotTellException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * @param message a sentence without a full stop, with nothing in it that a stranger wrote
   */
  public CannotTellException(String message) {
    super(message, null, false, false);
  }
}
