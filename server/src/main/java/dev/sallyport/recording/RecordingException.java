package dev.sallyport.recording;

/**
 * A session cannot be recorded, so it must not start, or must end. The message is a sentence for
 * the user; it holds nothing from the network and no path of the server.
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
