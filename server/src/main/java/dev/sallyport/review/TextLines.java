package dev.sallyport.review;

import dev.sallyport.terminal.Ledger;
import dev.sallyport.terminal.Lines;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the rows of a screen as lines of text. Rows that wrap become one line. Content that a
 * row's text does not show is in brackets at the end of its line; content that is not shown at all
 * is counted at the end. Output of the session never looks like one of these marks. For one thread.
 */
final class TextLines implements Lines {
  /** Longest line in characters; longer ones are continued on the next. */
  static final int LONGEST_LINE = 4096;

  /** Most kinds of marks that are compared with the one before of the same kind. */
  private static final int MOST_KINDS = 32;

  /** The words with which a mark can begin, after the bracket. */
  private static final List<String> KINDS =
      List.of(
          "APC",
          "DCS",
          "OSC",
          "PM",
          "SOS",
          "clipboard",
          "combining",
          "erased",
          "left out",
          "link",
          "overwritten",
          "past the edge",
          "sequence",
          "the line above",
          "title");

  private final StringBuilder out;
  private final LeftOut leftOut = new LeftOut();
  private final Map<String, Mark> lastOfKind = new HashMap<>();

  // The unfinished line.
  private final List<Mark> marks = new ArrayList<>();
  private boolean isOpen;
  private long openRow;
  private int lineLength;

  // The last line, if it was overwritten, and how often it was repeated.
  private String repeatedText = "";
  private State repeatedState = State.STANDS;
  private int repeats;

  /**
   * @param out may be cleared by the caller at any time
   */
  TextLines(StringBuilder out) {
    this.out = out;
  }

  @Override
  public void row(Written row) {
    boolean joins = isOpen && row.continues() == openRow && lineLength < LONGEST_LINE;
    if (!joins) {
      endLine();
      if (repeats(row)) {
        repeats++;
        leftOut.repeatedLine(row.fresh());
        return;
      }
    }
    endRepeats();
    List<Mark> fresh = row.marks().stream().filter(this::isNews).toList();
    marks.addAll(fresh);
    switch (row.state()) {
      case STANDS -> {}
      case OVERWRITTEN -> marks.add(new Mark("overwritten", 0, "", true));
      case ERASED -> marks.add(new Mark("erased", 0, "", true));
      case UNCHANGED -> {
        if (fresh.isEmpty()) {
          return;
        }
      }
    }
    appendText(row.text(), row.wraps());
    isOpen = true;
    openRow = row.id();
    if (!row.wraps()) {
      endLine();
      if (row.state() == State.OVERWRITTEN || row.state() == State.ERASED) {
        repeatedText = row.text();
        repeatedState = row.state();
      }
    }
  }

  /** Whether the line before was equal, and was overwritten or erased like this one. */
  private boolean repeats(Written row) {
    return row.state() == repeatedState
        && repeatedState != State.STANDS
        && !row.wraps()
        && row.marks().isEmpty()
        && row.text().equals(repeatedText);
  }

  private void endRepeats() {
    if (repeats > 0) {
      out.append("[the line above, ").append(LeftOut.times(repeats)).append(" more]\n");
    }
    repeats = 0;
    repeatedState = State.STANDS;
  }

  private void endLine() {
    if (!isOpen) {
      return;
    }
    for (Mark mark : marks) {
      out.append(lineLength > 0 ? " " : "");
      int before = out.length();
      append(mark);
      lineLength += out.length() - before;
    }
    out.append('\n');
    marks.clear();
    isOpen = false;
    lineLength = 0;
  }

  private void appendText(String text, boolean wraps) {
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (c == '[' && looksLikeMark(text, i + 1, wraps)) {
        out.append("\\u005b");
      } else {
        VisibleText.append(out, c);
      }
      i += Character.charCount(c);
    }
    lineLength += text.length();
  }

  private static boolean looksLikeMark(String text, int from, boolean wraps) {
    String rest = wraps ? text.substring(from) : "";
    return KINDS.stream()
        .anyMatch(kind -> text.startsWith(kind, from) || (wraps && kind.startsWith(rest)));
  }

  /**
   * Whether a mark differs from the last one of its kind. An equal one, such as the same title
   * again, is only counted.
   */
  private boolean isNews(Mark mark) {
    if (mark.wasPrinted()) {
      return true;
    }
    Mark before = lastOfKind.get(mark.kind());
    if (mark.equals(before) && shown(mark) == mark.length()) {
      leftOut.repeatedMark(mark);
      return false;
    }
    if (lastOfKind.size() == MOST_KINDS) {
      lastOfKind.clear();
    }
    lastOfKind.put(mark.kind(), mark);
    return true;
  }

  private static int shown(Mark mark) {
    return mark.content().codePointCount(0, mark.content().length());
  }

  private void append(Mark mark) {
    out.append('[').append(mark.kind());
    boolean isWhole = mark.length() <= shown(mark);
    if (!isWhole) {
      out.append(", ").append(LeftOut.characters(mark.length()));
      leftOut.hidden(mark, mark.length() - shown(mark));
    }
    if (mark.length() > 0) {
      out.append(": ");
      mark.content().codePoints().forEach(c -> VisibleText.append(out, c));
      out.append(isWhole ? "" : "\u2026");
    }
    out.append(']');
  }

  /** Ends the text with a line about what was left out, if anything was. */
  void end(Ledger ledger) {
    endLine();
    endRepeats();
    leftOut.drawnAgain(ledger.again());
    leftOut.missing(ledger.printed() - ledger.written() - ledger.again());
    String counted = leftOut.toString();
    if (!counted.isEmpty()) {
      out.append("[left out: ").append(counted).append("]\n");
    }
  }
}
