package dev.sallyport.recording.input;

/** Input as it may be recorded. */
public sealed interface Typed {
  /** The recorded text. */
  String text();

  /**
   * Input that the target echoed, or the key Enter, which is no secret.
   *
   * @param text decoded as UTF-8 with replacement, control characters as they were typed
   */
  record Echoed(String text) implements Typed {}

  /**
   * Input that was not echoed as typed: a password, or an editing or control key.
   *
   * @param bytes how many, without the Enter after them; at least 1
   */
  record Hidden(long bytes) implements Typed {
    @Override
    public String text() {
      return bytes == 1 ? "[1 byte without echo]" : "[" + bytes + " bytes without echo]";
    }
  }
}
