package dev.sallyport.recording;

/**
 * A session cannot be recorded, so it must not start, or must end. The message is a sentence for
 * the user, without text from the network or paths of the server.
 */
public final class RecordingException extends Exception {
  private static final long serialVersionUID = 1L;

  RecordingException(String message, Throwable cause) {
    super(message, cause);
  }

  public RecordingException(String message) {
    super(message);
  }
}
