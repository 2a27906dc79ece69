package dev.sallyport.gateway.prompt;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jline.keymap.KeyMap;
import org.jline.reader.Binding;
import org.jline.reader.Buffer;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.jline.reader.Reference;
import org.jline.reader.Widget;
import org.jline.reader.impl.history.DefaultHistory;
import org.jline.utils.AttributedString;

/**
 * Reads lines that a user types and edits.
 *
 * <p>The library is an editor for shells: it has macros, repeat counts, pasting, undo, search,
 * history expansion, an external editor, and files. With most of that a client could use up memory,
 * or reach files. So only the keys in {@link #keys} have an effect, which is implemented here or by
 * one of three harmless functions of the library. Used by the prompt's thread only.
 */
final class LineEditor {
  /** Longest line in characters, as with Linux's own terminals. */
  static final int MAX_LINE = 4095;

  /** Lines of history. With {@link #MAX_LINE} this bounds a prompt's memory. */
  static final int MAX_HISTORY = 20;

  /** Most completions that one Tab shows. */
  static final int MAX_SHOWN = 100;

  private static final String PROMPT = "sallyport> ";

  private final EditorTerminal terminal;
  private final Completions completions;
  private final BatchingReader reader;

  LineEditor(PromptTerminal client, Completions completions, Duration idleLimit) {
    this.completions = completions;
    try {
      this.terminal = new EditorTerminal(client, idleLimit);
      this.reader = new BatchingReader(terminal, client.keys());
    } catch (IOException impossible) {
      throw new IllegalStateException("an editor that opens nothing", impossible);
    }
    reader.setHistory(new DefaultHistory());
    reader.setParser((line, cursor, context) -> new Unparsed(line, cursor));
    reader.setHighlighter((lineReader, line) -> new AttributedString(line));
    reader.setVariable(LineReader.HISTORY_SIZE, MAX_HISTORY);
    reader.setVariable(LineReader.BELL_STYLE, "audible");
    reader.option(LineReader.Option.DISABLE_EVENT_EXPANSION, true);
    reader.option(LineReader.Option.DISABLE_UNDO, true);
    reader.option(LineReader.Option.BRACKETED_PASTE, false);
    reader.getKeyMaps().clear();
    reader.getKeyMaps().put(LineReader.MAIN, keys(reader.getWidgets()));
  }

  /** The result of waiting for a line. */
  sealed interface Typed {
    /** A line of at most {@link #MAX_LINE} characters. */
    record Line(String text) implements Typed {}

    /** The user has ended the input: Ctrl-D, or the end of the client's data. */
    record End() implements Typed {}

    /** The user was idle for too long. */
    record Idle() implements Typed {}

    /** The bastion stops. */
    record Stopped() implements Typed {}

    /** The client has left. */
    record Gone() implements Typed {}
  }

  /**
   * Waits for a line.
   *
   * @throws InterruptedException when the thread is interrupted
   */
  Typed read() throws InterruptedException {
    try {
      String line = reader.readLine(PROMPT);
      // The library's writer does not throw when it fails.
      return terminal.writer().checkError() ? new Typed.Gone() : new Typed.Line(line);
    } catch (EndOfFileException end) {
      return switch (terminal.keys().ending()) {
        // Ctrl-D
        case NONE, END_OF_INPUT -> new Typed.End();
        case IDLE -> new Typed.Idle();
        case STOPPED -> new Typed.Stopped();
        case GONE -> new Typed.Gone();
        case INTERRUPTED -> throw new InterruptedException("interrupted at the prompt");
      };
    }
  }

  private KeyMap<Binding> keys(Map<String, Widget> widgets) {
    Map<String, Widget> library = Map.copyOf(widgets);
    widgets.clear();
    for (String harmless :
        List.of(
            LineReader.ACCEPT_LINE,
            LineReader.UP_HISTORY,
            LineReader.DOWN_HISTORY,
            LineReader.CLEAR_SCREEN,
            LineReader.REDISPLAY)) {
      Widget widget = library.get(harmless);
      if (widget == null) {
        throw new IllegalStateException("the editor has no " + harmless);
      }
      widgets.put(harmless, widget);
    }
    KeyMap<Binding> keys = new KeyMap<>();
    Widget text = this::insert;
    keys.setUnicode(text);
    keys.setNomatch((Widget) () -> false);
    for (char c = ' '; c < Keys.ERASE_DEL; c++) {
      keys.bind(text, String.valueOf(c));
    }
    bind(keys, new Reference(LineReader.ACCEPT_LINE), Keys.ENTER, Keys.LINE_FEED);
    bind(keys, new Reference(LineReader.UP_HISTORY), Keys.UP);
    bind(keys, new Reference(LineReader.DOWN_HISTORY), Keys.DOWN);
    bind(keys, new Reference(LineReader.CLEAR_SCREEN), Keys.CLEAR_SCREEN);
    bind(keys, (Widget) this::cancel, Keys.CANCEL);
    bind(keys, (Widget) this::complete, Keys.COMPLETE);
    bind(keys, (Widget) () -> buffer().move(-1) != 0, Keys.LEFT);
    bind(keys, (Widget) () -> buffer().move(1) != 0, Keys.RIGHT);
    bind(keys, (Widget) () -> buffer().cursor(0), Keys.HOME);
    bind(keys, (Widget) () -> buffer().cursor(buffer().length()), Keys.END);
    bind(keys, (Widget) () -> buffer().backspace(), Keys.ERASE, Keys.ERASE_DEL);
    bind(keys, (Widget) () -> buffer().delete(), Keys.DELETE, Keys.END_OR_DELETE);
    bind(keys, (Widget) () -> buffer().backspace(buffer().cursor()) >= 0, Keys.KILL_LINE);
    bind(keys, (Widget) () -> buffer().delete(buffer().length()) >= 0, Keys.KILL_REST);
    bind(keys, (Widget) () -> buffer().backspace(wordBefore()) > 0, Keys.ERASE_WORD);
    bind(keys, (Widget) () -> buffer().delete(wordAfter()) > 0, Keys.DELETE_WORD);
    bind(keys, (Widget) () -> buffer().move(-wordBefore()) != 0, Keys.WORD_LEFT);
    bind(keys, (Widget) () -> buffer().move(wordAfter()) != 0, Keys.WORD_RIGHT);
    return keys;
  }

  private static void bind(KeyMap<Binding> keys, Binding binding, char... characters) {
    for (char c : characters) {
      keys.bind(binding, String.valueOf(c));
    }
  }

  private Buffer buffer() {
    return reader.getBuffer();
  }

  private boolean insert() {
    return insert(reader.getLastBinding());
  }

  private boolean insert(String text) {
    if (buffer().toString().length() + text.length() > MAX_LINE) {
      return false;
    }
    buffer().write(text);
    return true;
  }

  /** The number of characters from the cursor back to the beginning of the word. */
  private int wordBefore() {
    int at = buffer().cursor();
    while (at > 0 && buffer().atChar(at - 1) == ' ') {
      at--;
    }
    while (at > 0 && buffer().atChar(at - 1) != ' ') {
      at--;
    }
    return buffer().cursor() - at;
  }

  /** The number of characters from the cursor to the end of the word. */
  private int wordAfter() {
    int at = buffer().cursor();
    while (at < buffer().length() && buffer().atChar(at) == ' ') {
      at++;
    }
    while (at < buffer().length() && buffer().atChar(at) != ' ') {
      at++;
    }
    return at - buffer().cursor();
  }

  /** Abandons the line and begins a new one. */
  private boolean cancel() {
    reader.getHistory().moveToEnd();
    reader.printAbove(PROMPT + buffer() + "^C");
    buffer().clear();
    return true;
  }

  private boolean complete() {
    String line = buffer().upToCursor();
    String word = line.substring(Math.max(line.lastIndexOf(' '), line.lastIndexOf('\t')) + 1);
    List<Completions.Candidate> candidates = completions.of(line);
    if (candidates.isEmpty()) {
      return false;
    }
    if (candidates.size() == 1) {
      Completions.Candidate only = candidates.getFirst();
      return insert(only.text().substring(word.length()) + (only.whole() ? " " : ""));
    }
    String common = commonPrefix(candidates);
    if (common.length() > word.length()) {
      return insert(common.substring(word.length()));
    }
    reader.printAbove(list(candidates));
    return true;
  }

  private static String commonPrefix(List<Completions.Candidate> candidates) {
    // They are sorted, so the common prefix of the first and the last is common to all.
    String first = candidates.getFirst().text();
    String last = candidates.getLast().text();
    int length = 0;
    while (length < Math.min(first.length(), last.length())
        && first.charAt(length) == last.charAt(length)) {
      length++;
    }
    return first.substring(0, length);
  }

  private String list(List<Completions.Candidate> candidates) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (Completions.Candidate one :
        candidates.subList(0, Math.min(candidates.size(), MAX_SHOWN))) {
      if (!line.isEmpty()
          && line.length() + one.text().length() + 2 >= terminal.getSize().getColumns()) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : "  ").append(one.text());
    }
    lines.add(line.toString());
    if (candidates.size() > MAX_SHOWN) {
      lines.add("and " + (candidates.size() - MAX_SHOWN) + " more");
    }
    return lines.stream().collect(Collectors.joining("\n"));
  }

  /** The editor requires a parsed line, whose words are not used. */
  private record Unparsed(String line, int cursor) implements ParsedLine {
    @Override
    public String word() {
      return line;
    }

    @Override
    public int wordCursor() {
      return cursor;
    }

    @Override
    public int wordIndex() {
      return 0;
    }

    @Override
    public List<String> words() {
      return List.of(line);
    }
  }
}
