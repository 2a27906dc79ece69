package dev.sallyport.support.files;

/**
 * A file that has to be there is not, or must not be used at the moment. One that says who may log
 * in lets nobody in then, and takes nobody's right away who is in already.
 */
public final class UnusableFileException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * @param why a sentence without a full stop, with the path in it
   */
  public UnusableFileException(String why) {
    super(why);
  }
}
