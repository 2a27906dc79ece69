package dev.sallyport.audit;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.SerializableString;
import tools.jackson.core.io.CharacterEscapes;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON that is entirely printable ASCII, so that {@code tail -f} on the log is safe, whatever a
 * client sent: control characters could control the terminal, and bidirectional marks could make
 * one name look like another.
 */
public final class SafeJson {
  /**
   * Longest text of a client, in characters. A host name of 64 KiB must not become 384 KiB of log.
   */
  static final int LONGEST_TEXT = 1024;

  /**
   * Longest path of a file on a target, in characters: Linux has paths of 4,096 bytes (PATH_MAX),
   * and an scp command may name four of them. A path that is cut would hide which file it was.
   */
  public static final int LONGEST_PATH = 16 * 1024;

  /**
   * Longest name of a user or a host, in characters; host names have at most 253 (RFC 1035, section
   * 2.3.4). Unauthenticated clients choose the user name of a failed login, and so the size of a
   * line.
   */
  static final int LONGEST_NAME = 256;

  /** For all threads. */
  public static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                  .characterEscapes(new WithDelete())
                  .build())
          .build();

  private SafeJson() {}

  /**
   * Cuts at {@link #LONGEST_TEXT} characters, with a mark, and replaces lone surrogates, which
   * strict JSON parsers reject (RFC 8259, section 8.2). Control characters stay, because JSON
   * escapes them.
   */
  public static String bounded(String text) {
    return bounded(text, LONGEST_TEXT);
  }

  /** The same for a name, at {@link #LONGEST_NAME}. */
  static String name(String text) {
    return bounded(text, LONGEST_NAME);
  }

  /** The same for the path of a file on a target, at {@link #LONGEST_PATH}. */
  static String path(String text) {
    return bounded(text, LONGEST_PATH);
  }

  /** The same with another limit, in characters. */
  public static String bounded(String text, int limit) {
    int end = Math.min(text.length(), limit);
    StringBuilder kept = new StringBuilder(end);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < end
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        kept.append(c).append(text.charAt(++i));
      } else {
        kept.append(Character.isSurrogate(c) ? '\uFFFD' : c);
      }
    }
    if (text.length() > limit) {
      kept.append("... (").append(text.length()).append(" characters)");
    }
    return kept.toString();
  }

  /** JSON's own escapes, and DEL, the only ASCII control character that JSON does not escape. */
  private static final class WithDelete extends CharacterEscapes {
    private static final long serialVersionUID = 1L;
    private static final int DELETE = 0x7f;

    @Override
    public int[] getEscapeCodesForAscii() {
      int[] escapes = standardAsciiEscapesForJSON();
      escapes[DELETE] = ESCAPE_STANDARD;
      return escapes;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int c) {
      return null;
    }
  }
}
