package dev.sallyport.recording.files;

import java.io.ByteArrayOutputStream;
import java.util.Optional;

/**
 * Gathers one line of the scp protocol, a record or the text of a failure. Not for several threads
 * at once.
 */
final class ScpLine {
  /**
   * What the client sends. OpenSSH's scp on the target reads a record, or a failure with the byte
   * that begins it, up to 2,047 bytes with the end of the line (scp.c, sink() and response()) and
   * takes what follows for the next: with more, a client would tell the target of other files than
   * us. Those of a real one are shorter, for a name has 255 bytes, or four times that escaped.
   */
  static final int FROM_CLIENT = 2045;

  /**
   * What the target sends, which means the line that it writes however long it is; without a bound
   * one that never ends its line would fill the memory.
   */
  static final int FROM_TARGET = 16 * 1024;

  private final int longest;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);

  /**
   * @param longest in bytes, without its end
   */
  ScpLine(int longest) {
    this.longest = longest;
  }

  /** Takes a byte; gives the line as {@link FileName} has it, without its end, when that was it. */
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
