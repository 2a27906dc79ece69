package dev.sallyport.plugins.asking;

/**
 * The source works, and has no answer to this one question. Strangers choose what is asked, so it
 * says nothing about other questions: whoever could bring it about could otherwise have the source
 * taken for down, and everybody refused. Without a stack trace, because none of our code is wrong.
 */
public final class NoAnswerException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * @param message a sentence without a full stop, with nothing in it that a stranger wrote
   */
  public NoAnswerException(String message) {
    super(message, null, false, false);
  }
}
