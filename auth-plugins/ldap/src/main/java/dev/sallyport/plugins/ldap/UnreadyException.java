package dev.sallyport.plugins.ldap;

/** No connection to the directory can be made; the message says why, and has no secret in it. */
final class UnreadyException extends Exception {
  private static final long serialVersionUID = 1L;

  UnreadyException(String message) {
    super(message, null, false, false);
  }
}
