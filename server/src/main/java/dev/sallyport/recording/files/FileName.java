package dev.sallyport.recording.files;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Converts file names to text. On Linux a name is a sequence of bytes, mostly UTF-8. Different
 * names must not look the same in the log.
 */
final class FileName {
  private FileName() {}

  /**
   * Decodes the name as UTF-8. A byte that is not UTF-8 becomes {@code \xHH}, and a backslash
   * becomes two, so that no name looks like another one.
   */
  static String text(byte[] data, int offset, int length) {
    if (isPlain(data, offset, length)) {
      return new String(data, offset, length, StandardCharsets.US_ASCII);
    }
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer bytes = ByteBuffer.wrap(data, offset, length);
    CharBuffer decoded = CharBuffer.allocate(Math.max(1, length));
    StringBuilder text = new StringBuilder(length);
    while (true) {
      CoderResult result = decoder.decode(bytes, decoded, true);
      decoded.flip();
      append(text, decoded);
      decoded.clear();
      if (!result.isError()) {
        return text.toString();
      }
      for (int i = 0; i < result.length(); i++) {
        text.append("\\x").append("%02x".formatted(bytes.get() & 0xff));
      }
      decoder.reset();
    }
  }

  static String text(byte[] data) {
    return text(data, 0, data.length);
  }

  private static boolean isPlain(byte[] data, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (data[i] < 0 || data[i] == '\\') {
        return false;
      }
    }
    return true;
  }

  private static void append(StringBuilder text, CharBuffer decoded) {
    for (int i = 0; i < decoded.length(); i++) {
      char c = decoded.charAt(i);
      if (c == '\\') {
        text.append('\\');
      }
      text.append(c);
    }
  }
}
