package dev.sallyport.support.keys;

/** The wire encoding of a key, a certificate or a list of them is not whole. */
final class MalformedKeyException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String what;

  MalformedKeyException(String what) {
    super(what);
    this.what = what;
  }

  /** What is wrong; nothing of the key's bytes. */
  String what() {
    return what;
  }
}
