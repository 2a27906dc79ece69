package dev.sallyport.recording.files;

/** Data cannot be parsed. The message is a reason that is safe to show on a terminal. */
final class NotUnderstoodException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String reason;

  NotUnderstoodException(String reason) {
    // Without a stack trace, which would be costly, and hostile data could cause any number.
    super(reason, null, false, false);
    this.reason = reason;
  }

  String reason() {
    return reason;
  }
}
