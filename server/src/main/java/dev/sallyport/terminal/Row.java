package dev.sallyport.terminal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A row of the screen, which tracks which of its text has been written out. Before more than
 * {@value #FEW} characters are lost that were not written out, the whole screen is written out.
 * Fewer characters, such as a typing error or the digits of a progress bar, are kept as a mark of
 * the row. For one thread.
 */
final class Row {
  /** Number of characters that may be overwritten before the screen is written out. */
  static final int FEW = 8;

  /** Longest context, in columns on either side, of an overwritten character in a mark. */
  private static final int CONTEXT = 24;

  /** Most characters of marks; a row with more is written out. Bounds memory. */
  private static final int MOST_MARKS = 1024;

  /**
   * A cell is a code point or a number of {@link Clusters}, or 0 if blank, and the following flags.
   */
  private static final int CHARACTER = 0x1f_ffff;

  /** The character has been written out. */
  private static final int WRITTEN = 1 << 21;

  /** The character was printed after {@link #before} was saved. */
  private static final int NEW = 1 << 22;

  /** The cell is the right half of the wide character in the cell before. */
  private static final int TAIL = 1 << 23;

  /** In {@link #before}: the character has been replaced. */
  private static final int LOST = 1 << 24;

  /** The character was printed in the current run of characters, one column after the other. */
  private static final int IN_RUN = 1 << 25;

  private static final int NOWHERE = -2;
  private static final int[] NO_CELLS = {};

  private final Page page;
  private final long id;

  private int[] cells = NO_CELLS;
  private int length;
  private long continues;

  /** The number of columns whose text wrapped into the row below; 0 if it did not wrap. */
  private int wrapsAfter;

  private boolean isChanged;
  private boolean wasWritten;

  // A sweep: characters are overwritten until one is overwritten that was printed after the sweep
  // began.
  private int[] before = NO_CELLS;
  private boolean isSwept;
  private boolean printedSince;
  private boolean sweepEnds;
  private int lostCells;
  private int lostCharacters;

  /** Where the run began, and where the last character was printed. */
  private int runFrom;

  private int last = NOWHERE;

  // The character that was replaced last, and the column where it must be printed next if it has
  // moved.
  private int carried;
  private int carriedFrom;
  private int carriedTo = NOWHERE;

  private final List<Lines.Mark> marks = new ArrayList<>();
  private final StringBuilder overwritten = new StringBuilder();
  private final StringBuilder pushedOut = new StringBuilder();
  private final StringBuilder combining = new StringBuilder();
  private String lastWords = "";
  private int overwrittenLength;
  private int pushedOutLength;
  private int combiningLength;
  private int marksLength;

  Row(Page page, long id) {
    this.page = page;
    this.id = id;
  }

  // ---- changes, each of which may first write out the page ----

  /** Prints a character of this width, which must fit. */
  void print(int column, int character, int width) {
    separate(column, column + width);
    put(column, character);
    if (width > 1) {
      put(column + 1, TAIL);
    }
    if (column + width == page.columns()) {
      wrapsAfter = 0;
    }
  }

  private void put(int column, int character) {
    if (column != last + 1) {
      endRun();
      runFrom = column;
    }
    boolean hasMoved = character != 0 && column == carriedTo && character == carried;
    if (identity(column) == character) {
      if (isVisible(character)) {
        page.ledger().repeat(1);
      }
      carriedTo = hasMoved ? column + 1 : NOWHERE;
      last = column;
      return;
    }
    if (hasMoved) {
      takeBack();
    }
    carriedTo = NOWHERE;
    lose(column);
    set(column, character == 0 ? 0 : character | NEW | IN_RUN);
    printedSince |= isSwept && isVisible(character);
    last = column;
  }

  private void endRun() {
    for (int i = runFrom; i <= last && i < length; i++) {
      cells[i] &= ~IN_RUN;
    }
    last = NOWHERE;
    sweepEnds |= printedSince;
  }

  private int identity(int column) {
    return column < length ? cells[column] & (CHARACTER | TAIL) : 0;
  }

  private static boolean isVisible(int cell) {
    return (cell & CHARACTER) != 0;
  }

  private boolean isUnwritten(int column) {
    return column < length && isVisible(cells[column]) && (cells[column] & WRITTEN) == 0;
  }

  private void set(int column, int cell) {
    if (column >= length) {
      if (cell == 0) {
        return;
      }
      if (column >= cells.length) {
        cells = Arrays.copyOf(cells, Math.min(page.columns(), Math.max(16, 2 * column)));
      }
      Arrays.fill(cells, length, column, 0);
      length = column + 1;
    }
    cells[column] = cell;
    isChanged = true;
  }

  /** Called before the character at this column is replaced or erased. */
  private void lose(int column) {
    if (column >= length || !isVisible(cells[column])) {
      return;
    }
    if ((cells[column] & IN_RUN) != 0) {
      endRun();
    }
    int cell = cells[column];
    if (isUnwritten(column) && hasMovedLeft(column)) {
      page.ledger().repeat(page.clusters().size(cell & CHARACTER));
      if (isSwept && (cell & NEW) == 0) {
        before[column] |= WRITTEN;
      }
      return;
    }
    if (isSwept && (sweepEnds || (cell & NEW) != 0)) {
      endSweep();
      if (marksLength > MOST_MARKS) {
        page.writeOut();
      }
    }
    if (!isSwept) {
      beginSweep();
    }
    if (isUnwritten(column)) {
      lose(column, cell & CHARACTER);
    }
  }

  private void lose(int column, int character) {
    before[column] |= LOST;
    lostCells++;
    lostCharacters += page.clusters().size(character);
    carried = character;
    carriedFrom = column;
    carriedTo = column + 1;
    if (lostCells > FEW) {
      page.writeOut(this, Lines.State.OVERWRITTEN);
    }
  }

  /** A line editor deletes a character by printing the rest of the line one column to the left. */
  private boolean hasMovedLeft(int column) {
    return column > 0
        && last == column - 1
        && (cells[column - 1] & (CHARACTER | IN_RUN)) == ((cells[column] & CHARACTER) | IN_RUN);
  }

  /** A line editor inserts by printing the rest of the line one column to the right. */
  private void takeBack() {
    before[carriedFrom] = (before[carriedFrom] & ~LOST) | WRITTEN;
    int characters = page.clusters().size(carried);
    lostCells--;
    lostCharacters -= characters;
    page.ledger().repeat(characters);
  }

  /** Saves the row as it was before the current run. */
  private void beginSweep() {
    before = new int[length];
    for (int i = 0; i < length; i++) {
      if ((cells[i] & IN_RUN) == 0) {
        cells[i] &= ~NEW;
        before[i] = cells[i];
      }
    }
    isSwept = true;
    lostCells = 0;
    lostCharacters = 0;
  }

  private void endSweep() {
    if (isSwept && lostCells > 0) {
      String words = words();
      if (words.equals(lastWords) && lostCharacters == visible(words)) {
        page.ledger().repeat(lostCharacters);
      } else {
        overwritten.append(overwritten.isEmpty() ? "" : " | ").append(words);
        overwrittenLength += lostCharacters;
        marksLength += words.length() + 3;
        lastWords = words;
        page.ledger().write(lostCharacters);
      }
    }
    forgetSweep();
  }

  private void forgetSweep() {
    isSwept = false;
    printedSince = false;
    sweepEnds = false;
    before = NO_CELLS;
    lostCells = 0;
    carriedTo = NOWHERE;
  }

  private static int visible(String text) {
    return (int) text.codePoints().filter(c -> c != ' ').count();
  }

  /** The words in {@link #before} that have lost characters. */
  private String words() {
    StringBuilder words = new StringBuilder();
    int end = 0;
    for (int i = 0; i < before.length; i++) {
      if ((before[i] & LOST) == 0) {
        continue;
      }
      int from = i;
      while (from > end && i - from < CONTEXT && !isBlank(before[from - 1])) {
        from--;
      }
      if (from > end && !words.isEmpty()) {
        words.append(' ');
      }
      int to = i + 1;
      int lost = i;
      while (to < before.length && to - lost <= CONTEXT && !isBlank(before[to])) {
        lost = (before[to] & LOST) != 0 ? to : lost;
        to++;
      }
      append(words, before, from, to);
      end = to;
      i = to - 1;
    }
    return words.toString();
  }

  private static boolean isBlank(int cell) {
    return (cell & (CHARACTER | TAIL)) == 0;
  }

  private void append(StringBuilder out, int[] from, int begin, int end) {
    for (int i = begin; i < end; i++) {
      if ((from[i] & TAIL) == 0) {
        page.clusters().append(out, from[i] & CHARACTER);
      }
    }
  }

  /** Adds a combining character to the character at this column. */
  void combine(int column, int codePoint) {
    int old = identity(column);
    int both = (old & TAIL) != 0 ? 0 : page.clusters().with(old, codePoint);
    if (both == 0) {
      combining.appendCodePoint(codePoint);
      combiningLength++;
      page.ledger().write(1);
      marksLength += 2;
      page.boundMarks(this);
      return;
    }
    int flags = column < length ? cells[column] & ~CHARACTER : NEW;
    if ((flags & WRITTEN) != 0) {
      // The character will be written out with its new part.
      page.ledger().write(-page.clusters().size(old));
    }
    if (isSwept && column < before.length && (flags & NEW) == 0) {
      endSweep();
    }
    set(column, both | (flags & ~WRITTEN) | NEW);
  }

  /** Erases columns from {@code from} up to, but not including, {@code to}. */
  void erase(int from, int to) {
    int end = Math.min(to, length);
    if (to >= page.columns()) {
      wrapsAfter = 0;
    }
    if (from >= end) {
      return;
    }
    endRun();
    separate(from, end);
    writeOutIfMany(from, end);
    for (int i = from; i < end; i++) {
      lose(i);
      set(i, 0);
    }
    trim();
  }

  private void writeOutIfMany(int from, int to) {
    int many = 0;
    for (int i = from; i < to; i++) {
      many += isUnwritten(i) ? 1 : 0;
    }
    if (many > FEW) {
      endSweep();
      beginSweep();
      page.writeOut(this, Lines.State.ERASED);
    }
  }

  private void trim() {
    while (length > 0 && cells[length - 1] == 0) {
      length--;
    }
  }

  /** Deletes characters; those to the right move left. */
  void delete(int column, int count) {
    if (column >= length) {
      return;
    }
    endRun();
    int end = Math.min(length, column + count);
    erase(column, end);
    endSweep();
    if (end < length) {
      System.arraycopy(cells, end, cells, column, length - end);
      length -= end - column;
      trim();
      isChanged = true;
    } else {
      length = Math.min(length, column);
    }
    wrapsAfter = 0;
  }

  /** Inserts blanks; characters that move beyond the last column are kept as a mark. */
  void insert(int column, int count) {
    if (column >= length) {
      return;
    }
    endRun();
    separate(column, column);
    int shift = Math.min(count, page.columns() - column);
    int kept = Math.min(length, page.columns() - shift);
    if (kept < length) {
      separate(kept, length);
    }
    for (int i = kept; i < length; i++) {
      pushOut(i);
    }
    endSweep(); // columns move
    int end = Math.min(kept, length);
    if (column < end) {
      int[] moved = Arrays.copyOfRange(cells, column, end);
      Arrays.fill(cells, column, end, 0);
      length = column;
      set(end + shift - 1, NEW);
      System.arraycopy(moved, 0, cells, column + shift, moved.length);
    }
    trim();
    isChanged = true;
  }

  /** The character moves beyond the right edge, or is overwritten there because nothing wraps. */
  void pushOut(int column) {
    if (isUnwritten(column)) {
      endSweep();
      int character = cells[column] & CHARACTER;
      page.clusters().append(pushedOut, character);
      pushedOutLength += page.clusters().size(character);
      page.ledger().write(page.clusters().size(character));
      marksLength += 2;
    }
    if (column < length) {
      cells[column] = 0;
      trim();
      isChanged = true;
      page.boundMarks(this);
    }
  }

  /** Erases wide characters that are cut by the ends of a range. */
  private void separate(int from, int to) {
    if (from < length && (cells[from] & TAIL) != 0) {
      lose(from - 1);
      cells[from - 1] = 0;
      cells[from] = 0;
      isChanged = true;
    }
    if (to > from && to < length && (cells[to] & TAIL) != 0) {
      cells[to] = 0;
      isChanged = true;
    }
  }

  /** Text wraps from this row, of which it has that many columns, into another. */
  void wrapInto(Row next, int columns) {
    wrapsAfter = columns;
    next.continues = id;
  }

  /** Adds a mark. */
  void mark(Lines.Mark mark) {
    marks.add(mark);
    marksLength += mark.content().length() + 16;
    page.boundMarks(this);
  }

  /** The screen becomes narrower; a longer row must have been written out. */
  void cut(int columns) {
    wrapsAfter = 0;
    if (length > columns) {
      endSweep();
      if ((cells[columns] & TAIL) != 0) {
        cells[columns - 1] = 0;
      }
      length = columns;
      trim();
    }
    if (cells.length > columns) {
      cells = Arrays.copyOf(cells, columns);
    }
  }

  // ---- writing out ----

  boolean hasTooManyMarks() {
    return marksLength > MOST_MARKS;
  }

  /** Whether the row has content that was not written out. */
  boolean isPending() {
    return marksLength > 0 || lostCells > 0 || (isChanged && length > 0);
  }

  boolean isUsed() {
    return isPending() || length > 0;
  }

  boolean isLongerThan(int columns) {
    return length > columns;
  }

  /** The first column of the character at this column. */
  int head(int column) {
    return column > 0 && (identity(column) & TAIL) != 0 ? column - 1 : column;
  }

  /** Writes the row out, unless it has not changed since the last time. */
  void writeOut(Lines out) {
    endSweep();
    if (!wasWritten || (isChanged && hasUnwritten())) {
      emit(out, cells, length, Lines.State.STANDS);
    } else if (marksLength > 0) {
      out.row(new Lines.Written(id, 0, false, "", 0, Lines.State.UNCHANGED, takeMarks()));
    }
    isChanged = false;
  }

  private boolean hasUnwritten() {
    boolean has = false;
    for (int i = 0; i < length && !has; i++) {
      has = isUnwritten(i);
    }
    return has;
  }

  /** Writes the row out as it was before the sweep. */
  void writeOutBefore(Lines out, Lines.State why) {
    int[] was = before;
    forgetSweep();
    emit(out, was, was.length, why);
    for (int i = 0; i < Math.min(was.length, length); i++) {
      if ((was[i] & LOST) == 0 && (cells[i] & NEW) == 0 && isVisible(cells[i])) {
        cells[i] |= WRITTEN;
      }
    }
  }

  private void emit(Lines out, int[] from, int end, Lines.State state) {
    int fresh = 0;
    for (int i = 0; i < end; i++) {
      if (isVisible(from[i]) && (from[i] & WRITTEN) == 0) {
        fresh += page.clusters().size(from[i] & CHARACTER);
        from[i] = (from[i] & ~NEW) | WRITTEN;
      }
    }
    page.ledger().write(fresh);
    boolean wraps = state == Lines.State.STANDS && wrapsAfter > 0;
    StringBuilder text = new StringBuilder(end);
    append(text, from, 0, end);
    for (int i = end; wraps && i < wrapsAfter; i++) {
      text.append(' ');
    }
    int shown = text.length();
    while (!wraps && shown > 0 && text.charAt(shown - 1) == ' ') {
      shown--;
    }
    text.setLength(shown);
    out.row(new Lines.Written(id, continues, wraps, text.toString(), fresh, state, takeMarks()));
    wasWritten = true;
  }

  private List<Lines.Mark> takeMarks() {
    List<Lines.Mark> all = new ArrayList<>(marks);
    take(all, "overwritten", overwrittenLength, overwritten);
    take(all, "past the edge", pushedOutLength, pushedOut);
    take(all, "combining", combiningLength, combining);
    marks.clear();
    overwrittenLength = 0;
    pushedOutLength = 0;
    combiningLength = 0;
    marksLength = 0;
    lastWords = "";
    return all;
  }

  private static void take(List<Lines.Mark> all, String kind, int length, StringBuilder content) {
    if (!content.isEmpty()) {
      all.add(new Lines.Mark(kind, length, content.toString(), true));
      content.setLength(0);
    }
  }
}
