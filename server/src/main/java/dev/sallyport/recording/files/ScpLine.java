package dev.sallyport.recording.files;

import java.io.ByteArrayOutputStream;
import java.util.Optional;

/**
 * Collects one line of the scp protocol, a record or the text of a failure. Not for several threads
 * at once.
 */
final class ScpLine {
  /**
   * Longest line of the client, in bytes. OpenSSH's scp on the target reads a record, or a failure
   * with its first byte, up to 2,047 bytes with the newline (scp.c, sink() and response()), and
   * takes the rest for the next line. With longer lines, a client could make the target see other
   * files than the bastion does. Real lines are shorter: a name has 255 bytes, or four times as
   * many when escaped.
   */
  static final int FROM_CLIENT = 2045;

  /** Longest line of the target, in bytes; bounds memory. */
  static final int FROM_TARGET = 16 * 1024;

  private final int longest;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);

  /**
   * @param longest in bytes, without the newline
   */
  ScpLine(int longest) {
    this.longest = longest;
  }

  /**
   * Adds a byte; returns the line as text, see {@link FileName}, without its newline, when the byte
   * was the newline.
   */
  Optional<String> add(byte b) throws NotUnderstoodException {
    if (b == '\n') {
      String line = FileName.text(bytes.toByteArray());
      bytes.reset();
      return Optional.of(line);
    }
    if (bytes.size() >= longest) {
      throw new NotUnderstoodException("a line longer than " + longest + " bytes");
    }
    bytes.write(b);
    return Optional.empty();
  }

  boolean isEmpty() {
    return bytes.size() == 0;
  }
}
