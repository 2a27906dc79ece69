package dev.sallyport.support.keys;

/** Whether a key is revoked cannot be told, because a list of revoked keys cannot be used. */
public final class UnknownRevocationException extends Exception {
  private static final long serialVersionUID = 1L;

  UnknownRevocationException(String message) {
    super(message);
  }
}
