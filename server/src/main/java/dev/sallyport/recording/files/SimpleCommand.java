package dev.sallyport.recording.files;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The first simple command of a line, as a POSIX shell parses it (Shell Command Language, sections
 * 2.2 to 2.9): its words without their quotes. Each character represents a byte, as in ISO 8859-1.
 *
 * @param beyond a construct other than a plain command, such as a pipe; the words are those before
 *     it
 * @param rest the text that was not parsed because of it
 */
record SimpleCommand(List<Word> words, Optional<String> beyond, String rest) {
  /**
   * One word.
   *
   * @param expands whether the shell expands the text, because it contains a variable or a pattern
   * @param assigns whether it assigns a variable, if it precedes the program's name
   */
  record Word(String text, boolean expands, boolean assigns) {
    /** The part after the last slash. */
    String lastName() {
      return text.substring(text.lastIndexOf('/') + 1);
    }
  }

  static SimpleCommand read(String line) {
    return new Reader(line).read();
  }

  /** Parses one line. */
  private static final class Reader {
    private static final String OPERATORS = ";|&<>()\n";

    /** Characters that a backslash quotes in double quotes. */
    private static final String QUOTABLE = "$`\"\\\n";

    private static final String PATTERNS = "*?[]{}";

    private final String line;
    private final List<Word> words = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private int at;
    private boolean inWord;
    private boolean expands;
    private boolean quoted;
    private boolean assigns;
    private Optional<String> beyond = Optional.empty();

    Reader(String line) {
      this.line = line;
    }

    SimpleCommand read() {
      while (at < line.length() && beyond.isEmpty()) {
        char c = line.charAt(at);
        if (c == ' ' || c == '\t') {
          at++;
          endWord();
        } else if (OPERATORS.indexOf(c) >= 0) {
          beyond = Optional.of(c == '\n' ? "the end of a line" : "a " + c);
        } else if (c == '#' && !inWord) {
          beyond = Optional.of("a comment");
        } else {
          inWord = true;
          part(c);
        }
      }
      endWord();
      return new SimpleCommand(List.copyOf(words), beyond, line.substring(at));
    }

    private void part(char c) {
      switch (c) {
        case '\'' -> singleQuotes();
        case '"' -> doubleQuotes();
        case '\\' -> backslash();
        case '$' -> dollar(false);
        case '`' -> beyond = Optional.of("a command in its words");
        default -> {
          assigns |= c == '=' && !quoted && word.toString().matches("[A-Za-z_][A-Za-z0-9_]*\\+?");
          expands |= PATTERNS.indexOf(c) >= 0;
          word.append(c);
          at++;
        }
      }
    }

    private void singleQuotes() {
      quoted = true;
      int end = line.indexOf('\'', at + 1);
      if (end < 0) {
        beyond = Optional.of("a ' that does not end");
        return;
      }
      word.append(line, at + 1, end);
      at = end + 1;
      if (word.indexOf("\n") >= 0) {
        beyond = Optional.of("the end of a line");
      }
    }

    private void doubleQuotes() {
      quoted = true;
      at++;
      while (at < line.length() && beyond.isEmpty()) {
        char c = line.charAt(at);
        switch (c) {
          case '"' -> {
            at++;
            return;
          }
          case '$' -> dollar(true);
          case '`' -> beyond = Optional.of("a command in its words");
          case '\n' -> beyond = Optional.of("the end of a line");
          case '\\' -> {
            if (at + 1 < line.length() && QUOTABLE.indexOf(line.charAt(at + 1)) >= 0) {
              backslash();
            } else {
              word.append('\\');
              at++;
            }
          }
          default -> {
            word.append(c);
            at++;
          }
        }
      }
      if (beyond.isEmpty()) {
        beyond = Optional.of("a \" that does not end");
      }
    }

    /** Quotes the next character. Before a newline it joins the lines. */
    private void backslash() {
      quoted = true;
      if (at + 1 == line.length()) {
        beyond = Optional.of("a \\ with nothing behind it");
        return;
      }
      char next = line.charAt(at + 1);
      if (next != '\n') {
        word.append(next);
      }
      at += 2;
    }

    /** A variable keeps its text. Other uses of the dollar sign differ between shells. */
    private void dollar(boolean inQuotes) {
      int start = at;
      boolean braces = line.startsWith("{", at + 1);
      int end = nameEnd(at + (braces ? 2 : 1));
      boolean named = end > at + (braces ? 2 : 1);
      char next = at + 1 < line.length() ? line.charAt(at + 1) : ' ';
      if (named && (!braces || line.startsWith("}", end))) {
        expands = true;
        at = braces ? end + 1 : end;
      } else if ("@*#?-$!0123456789".indexOf(next) >= 0) {
        expands = true;
        at += 2;
      } else if (next == '(' || braces || (!inQuotes && (next == '\'' || next == '"'))) {
        beyond = Optional.of("a $" + next);
        return;
      } else {
        at++;
      }
      word.append(line, start, at);
    }

    private int nameEnd(int from) {
      int end = from;
      while (end < line.length() && isNameCharacter(line.charAt(end), end == from)) {
        end++;
      }
      return end;
    }

    private static boolean isNameCharacter(char c, boolean first) {
      return c == '_'
          || (c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (!first && c >= '0' && c <= '9');
    }

    private void endWord() {
      if (inWord) {
        words.add(new Word(word.toString(), expands || beyond.isPresent(), assigns));
        word.setLength(0);
        inWord = false;
        expands = false;
        quoted = false;
        assigns = false;
      }
    }
  }
}
