package dev.sallyport.recording.files;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Splits the simplest of shell commands into words (POSIX, Shell Command Language, section 2.2).
 */
final class ShellWords {
  /** What makes a command more than one program with words, when it is not quoted. */
  private static final String NOT_SIMPLE = ";|&<>()$`\n\r";

  private ShellWords() {}

  /** The words with their quotes removed; none when the command is not one plain program. */
  static Optional<List<String>> split(String command) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inWord = false;
    char quote = 0;
    for (int i = 0; i < command.length(); i++) {
      char c = command.charAt(i);
      if (quote == '\'' && c != '\'') {
        word.append(c);
      } else if (c == '\\') {
        if (++i == command.length()) {
          return Optional.empty();
        }
        inWord = true;
        // In double quotes a backslash keeps itself before what it need not quote.
        if (quote == '"' && "$`\"\\".indexOf(command.charAt(i)) < 0) {
          word.append('\\');
        }
        word.append(command.charAt(i));
      } else if (quote != 0) {
        if (c == quote) {
          quote = 0;
        } else if (c == '$' || c == '`') {
          return Optional.empty();
        } else {
          word.append(c);
        }
      } else if (c == '\'' || c == '"') {
        quote = c;
        inWord = true;
      } else if (NOT_SIMPLE.indexOf(c) >= 0) {
        return Optional.empty();
      } else if (c == ' ' || c == '\t') {
        if (inWord) {
          words.add(word.toString());
          word.setLength(0);
        }
        inWord = false;
      } else {
        word.append(c);
        inWord = true;
      }
    }
    if (inWord) {
      words.add(word.toString());
    }
    return quote == 0 ? Optional.of(words) : Optional.empty();
  }
}
