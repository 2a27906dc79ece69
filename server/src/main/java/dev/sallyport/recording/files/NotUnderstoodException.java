package dev.sallyport.recording.files;

/** Bytes passed that have no meaning in the protocol; the reason says which, fit for a terminal. */
final class NotUnderstoodException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String reason;

  NotUnderstoodException(String reason) {
    // What a hostile side sends must not buy a stack trace each.
    super(reason, null, false, false);
    this.reason = reason;
  }

  String reason() {
    return reason;
  }
}
