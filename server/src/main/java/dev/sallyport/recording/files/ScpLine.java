package dev.sallyport.recording.files;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Gathers one line of the scp protocol, a record or the text of a failure. Not for several threads
 * at once.
 */
final class ScpLine {
  /**
   * OpenSSH's scp reads lines into 16 KiB; without a bound a side that never ends its line would
   * fill the memory.
   */
  static final int LONGEST = 16 * 1024;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);

  /** Takes a byte; gives the line without its end when that was it. */
  Optional<String> add(byte b) throws NotUnderstoodException {
    if (b == '\n') {
      String line = bytes.toString(StandardCharsets.UTF_8);
      bytes.reset();
      return Optional.of(line);
    }
    if (bytes.size() >= LONGEST) {
      throw new NotUnderstoodException("a line longer than " + LONGEST + " bytes");
    }
    bytes.write(b);
    return Optional.empty();
  }

  boolean isEmpty() {
    return bytes.size() == 0;
  }
}
