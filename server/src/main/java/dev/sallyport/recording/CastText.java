package dev.sallyport.recording;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The text of terminal bytes, for formats that hold nothing but text, and back without loss.
 *
 * <p>Valid UTF-8 is itself; a character that is split between two writes stays whole. A byte {@code
 * b} that belongs to no valid UTF-8 becomes U+EF00 + {@code b}, which is U+EF80 to U+EFFF, 128 code
 * points of the private use area: the convention of MirBSD's OPTU-8. Characters of that range which
 * really were sent count as not valid, byte by byte, so that each text has one reading. Half
 * surrogates, the other usual escape, are no characters: strict readers of JSON refuse the whole
 * line. A player shows a private use character as one unknown glyph, which is about what the user's
 * terminal showed for the byte.
 *
 * <p>An instance decodes one stream; for one thread at a time.
 */
public final class CastText {
  private static final int RAW_FIRST = 0xef80;
  private static final int RAW_LAST = 0xefff;
  private static final int LONGEST = 4;

  /** Hears each code point. */
  @FunctionalInterface
  public interface Sink {
    void accept(int codePoint) throws IOException;
  }

  /** The beginning of a character whose rest is still to come. */
  private final byte[] carry = new byte[LONGEST];

  private int carried;
  private int needed;

  /** Tells the code points of these bytes, but for a character that they only begin. */
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

  /** Whether a character has begun whose rest is still to come. */
  boolean isWaiting() {
    return carried > 0;
  }

  /** Nothing more comes: what only began a character was none. */
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

  /** The Unicode Standard, table 3-7, first bytes; 0 when none begins so. */
  private static int lengthFrom(int b) {
    if (b >= 0xc2 && b <= 0xdf) {
      return 2;
    }
    if (b >= 0xe0 && b <= 0xef) {
      return 3;
    }
    return b >= 0xf0 && b <= 0xf4 ? 4 : 0;
  }

  /** The same table, second and later bytes. */
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

  /** Whether a code point stands for one byte that was not UTF-8: its lowest eight bits. */
  public static boolean isRaw(int codePoint) {
    return codePoint >= RAW_FIRST && codePoint <= RAW_LAST;
  }

  /** The bytes that became this text. */
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
