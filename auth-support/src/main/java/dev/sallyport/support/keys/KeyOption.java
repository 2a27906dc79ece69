package dev.sallyport.support.keys;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One option as it is written.
 *
 * @param name in the case it was written in; letters, digits and dashes
 * @param value what stands between the quotation marks, {@code \"} read as a quotation mark
 */
record KeyOption(String name, Optional<String> value) {
  /**
   * Names end where something else begins; bounded, because they appear in messages. Possessive
   * quantifiers: a pattern that cannot backtrack cannot be made slow.
   */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9-]{1,64}+");

  /** What comes of splitting. */
  sealed interface Split {}

  /** In their order. */
  record All(List<KeyOption> options) implements Split {}

  /** What is wrong; nothing that was written but names. */
  record Malformed(String what) implements Split {}

  /** Takes a comma-separated list of options apart. */
  static Split split(String text) {
    List<KeyOption> options = new ArrayList<>();
    Matcher name = NAME.matcher(text);
    int at = 0;
    while (true) {
      name.region(at, text.length());
      if (!name.lookingAt()) {
        return new Malformed("the options contain something that is not an option");
      }
      at = name.end();
      Optional<String> value = Optional.empty();
      if (at < text.length() && text.charAt(at) == '=') {
        int end = endOfValue(text, at + 1);
        if (end < 0) {
          return new Malformed("the value of option \"" + name.group() + "\" is not in quotes");
        }
        value = Optional.of(text.substring(at + 2, end).replace("\\\"", "\""));
        at = end + 1;
      }
      options.add(new KeyOption(name.group(), value));
      if (at == text.length()) {
        return new All(List.copyOf(options));
      }
      if (text.charAt(at) != ',') {
        return new Malformed("something follows option \"" + name.group() + "\" without a comma");
      }
      at++;
    }
  }

  /** Where the closing quotation mark is, or -1. */
  private static int endOfValue(String text, int start) {
    if (start >= text.length() || text.charAt(start) != '"') {
      return -1;
    }
    for (int i = start + 1; i < text.length(); i++) {
      if (text.charAt(i) == '"') {
        return i;
      }
      if (text.charAt(i) == '\\' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
        i++;
      }
    }
    return -1;
  }
}
