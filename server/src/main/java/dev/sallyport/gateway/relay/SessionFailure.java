package dev.sallyport.gateway.relay;

/** A session cannot begin or continue. The message is an escaped sentence for the user. */
final class SessionFailure extends Exception {
  private static final long serialVersionUID = 1L;

  SessionFailure(String sentence) {
    super(sentence);
  }

  SessionFailure(String sentence, Throwable cause) {
    super(sentence, cause);
  }

  String sentence() {
    return String.valueOf(getMessage());
  }
}
