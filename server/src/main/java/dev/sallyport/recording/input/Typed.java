package dev.sallyport.recording.input;

/** What may be recorded of a user's typing. */
public sealed interface Typed {
  /** What stands in the record for it. */
  String text();

  /**
   * Typed and shown by the target, or the key Enter, which is no secret.
   *
   * @param text decoded as UTF-8 with replacement, control characters as they were typed
   */
  record Echoed(String text) implements Typed {}

  /**
   * Typed, and not seen on the screen as typed: a password, or a key that edits or commands.
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
