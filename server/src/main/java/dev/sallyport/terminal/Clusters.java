package dev.sallyport.terminal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers characters with combining ones above all code points, so that a cell is one {@code int}.
 * For one thread.
 */
final class Clusters {
  /** Most clusters that are kept; bounds memory. */
  static final int MOST = 64 * 1024;

  /** Most code points of a cluster; no script needs more. */
  static final int LONGEST = 16;

  private static final int FIRST = 0x11_0000;

  private final List<String> texts = new ArrayList<>();
  private final Map<String, Integer> numbers = new HashMap<>();

  /**
   * A cluster with one more combining character.
   *
   * @param character a code point, a cluster, or 0 for an empty cell
   * @return 0 when there is no room for it
   */
  int with(int character, int combining) {
    if (size(character) >= LONGEST) {
      return 0;
    }
    String text = (character == 0 ? " " : text(character)) + Character.toString(combining);
    Integer known = numbers.get(text);
    if (known != null) {
      return known;
    }
    if (texts.size() == MOST) {
      return 0;
    }
    int number = FIRST + texts.size();
    texts.add(text);
    numbers.put(text, number);
    return number;
  }

  String text(int character) {
    return character >= FIRST ? texts.get(character - FIRST) : Character.toString(character);
  }

  void append(StringBuilder out, int character) {
    if (character >= FIRST) {
      out.append(texts.get(character - FIRST));
    } else {
      out.appendCodePoint(character == 0 ? ' ' : character);
    }
  }

  /** The number of characters that were printed for it, without spaces. */
  int size(int character) {
    if (character < FIRST) {
      return character == 0 ? 0 : 1;
    }
    String text = texts.get(character - FIRST);
    return text.codePointCount(0, text.length()) - (text.charAt(0) == ' ' ? 1 : 0);
  }
}
