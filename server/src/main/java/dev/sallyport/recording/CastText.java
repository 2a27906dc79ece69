package dev.sallyport.recording;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Converts terminal output to text and back without loss, for formats that hold only text.
 *
 * <p>Valid UTF-8 stays as it is, also when a character is split between two writes. A byte {@code
 * b} that is not part of valid UTF-8 becomes U+EF00 + {@code b}, which is U+EF80 to U+EFFF, 128
 * code points of the private use area: the convention of MirBSD's OPTU-8. Characters of that range
 * in the output count as invalid, byte by byte, so that the conversion is unambiguous. Lone
 * surrogates, the other common escape, are not characters, and strict JSON parsers reject the whole
 * line. A player shows a private use character as one unknown glyph, much as the user's terminal
 * showed the byte.
 *
 * <p>An instance decodes one stream; for one thread at a time.
 */
public final class CastText {
  private static final int RAW_FIRST = 0xef80;
  private static final int RAW_LAST = 0xefff;
  private static final int LONGEST = 4;

  /** Receives each code point. */
  @FunctionalInterface
  public interface Sink {
    void accept(int codePoint) throws IOException;
  }

  /** The beginning of an incomplete character. */
  private final byte[] carry = new byte[LONGEST];

  private int carried;
  private int needed;

  /** Passes on the code points of these bytes, except an incomplete character at the end. */
  public void decode(byte[] bytes, int offset, int length, Sink sink) throws IOException {
    for (int i = offset; i < offset + length; i++) {
      int b = bytes[i] & 0xff;
      if (carried > 0 && !continues(b)) {
        end(sink);
      }
      if (carried > 0) {
        carry[carried++] = (byte) b;
        if (carried == needed) {
          whole(sink);
        }
      } else if (b < 0x80) {
        sink.accept(b);
      } else {
        needed = lengthFrom(b);
        if (needed == 0) {
          sink.accept(raw(b));
        } else {
          carry[carried++] = (byte) b;
        }
      }
    }
  }

  /** Whether there is an incomplete character. */
  boolean isWaiting() {
    return carried > 0;
  }

  /** Ends the input; an incomplete character is invalid. */
  public void end(Sink sink) throws IOException {
    int count = carried;
    carried = 0;
    for (int i = 0; i < count; i++) {
      sink.accept(raw(carry[i] & 0xff));
    }
  }

  private void whole(Sink sink) throws IOException {
    int codePoint = carry[0] & (0xff >> (needed + 1));
    for (int i = 1; i < needed; i++) {
      codePoint = codePoint << 6 | (carry[i] & 0x3f);
    }
    if (isRaw(codePoint)) {
      end(sink);
    } else {
      carried = 0;
      sink.accept(codePoint);
    }
  }

  /**
   * The length of a character by its first byte (The Unicode Standard, table 3-7); 0 for an invalid
   * one.
   */
  private static int lengthFrom(int b) {
    if (b >= 0xc2 && b <= 0xdf) {
      return 2;
    }
    if (b >= 0xe0 && b <= 0xef) {
      return 3;
    }
    return b >= 0xf0 && b <= 0xf4 ? 4 : 0;
  }

  /** Whether the byte may continue the character, by the same table. */
  private boolean continues(int b) {
    if (carried > 1) {
      return b >= 0x80 && b <= 0xbf;
    }
    return switch (carry[0] & 0xff) {
      case 0xe0 -> b >= 0xa0 && b <= 0xbf;
      case 0xed -> b >= 0x80 && b <= 0x9f;
      case 0xf0 -> b >= 0x90 && b <= 0xbf;
      case 0xf4 -> b >= 0x80 && b <= 0x8f;
      default -> b >= 0x80 && b <= 0xbf;
    };
  }

  private static int raw(int b) {
    return 0xef00 | b;
  }

  /**
   * Whether a code point represents a byte that was not UTF-8, which is in its lowest eight bits.
   */
  public static boolean isRaw(int codePoint) {
    return codePoint >= RAW_FIRST && codePoint <= RAW_LAST;
  }

  /** The bytes from which the text was made. */
  public static byte[] bytes(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      if (isRaw(text.charAt(i))) {
        bytes.writeBytes(text.substring(from, i).getBytes(StandardCharsets.UTF_8));
        bytes.write(text.charAt(i));
        from = i + 1;
      }
    }
    bytes.writeBytes(text.substring(from).getBytes(StandardCharsets.UTF_8));
    return bytes.toByteArray();
  }
}
