package dev.sallyport.terminal;

import java.util.Arrays;

/**
 * A model of the screen of a terminal like xterm, without colours. It writes out all text before it
 * is lost: when it scrolls off, is erased or overwritten, or when the program leaves the alternate
 * screen. Synchronized updates and character sets have no effect. Memory is bounded by the largest
 * size, and the time of each step by the current size. For one thread.
 */
public final class Screen implements Tokens {
  /** Most columns and rows; recordings have no larger windows either. */
  public static final int LARGEST = 2000;

  private static final int TAB = 8;

  private final Clusters clusters = new Clusters();
  private final Ledger ledger = new Ledger();
  private final Page main;
  private final Page alternate;

  private Page page;
  private final boolean[] tabs = new boolean[LARGEST];

  private int x;
  private int y;

  /** Whether the last column is full, so that the next character wraps. */
  private boolean wrapPending;

  private int top;
  private int bottom;
  private boolean wraps = true;
  private boolean inserts;
  private boolean linefeedReturns;
  private boolean hasOrigin;
  private int lastPrinted;

  /** The state that DECSC saves, as far as it is modelled. */
  private record Saved(int x, int y, boolean hasOrigin) {}

  private Saved saved = new Saved(0, 0, false);
  private Saved savedByAlternate = new Saved(0, 0, false);

  /** A screen of this size, limited to the valid range. */
  public Screen(int columns, int rows, Lines lines) {
    Page.Ids ids = new Page.Ids();
    this.main = new Page(bound(columns), bound(rows), clusters, ledger, lines, ids);
    this.alternate = new Page(bound(columns), bound(rows), clusters, ledger, lines, ids);
    this.page = main;
    reset();
  }

  private static int bound(int size) {
    return Math.clamp(size, 1, LARGEST);
  }

  private void reset() {
    x = 0;
    y = 0;
    wrapPending = false;
    top = 0;
    bottom = page.rows() - 1;
    wraps = true;
    inserts = false;
    linefeedReturns = false;
    hasOrigin = false;
    saved = new Saved(0, 0, false);
    for (int i = 0; i < tabs.length; i++) {
      tabs[i] = i % TAB == 0;
    }
  }

  public Ledger ledger() {
    return ledger;
  }

  /** The number of rows up to the last one with text. */
  public int usedRows() {
    return page.used();
  }

  /** The column of the cursor, from 0. */
  public int column() {
    return x;
  }

  /** The row of the cursor, from 0. */
  public int row() {
    return y;
  }

  /** Whether a line feed has no effect: the cursor is in the last row, below the region. */
  public boolean isBelowRegion() {
    return y == page.rows() - 1 && y != bottom;
  }

  /** Whether a character would wrap into the next row. */
  public boolean wrapsBefore(int codePoint) {
    int width = Math.min(Width.of(codePoint), page.columns());
    return wraps && width > 0 && (wrapPending || x > page.columns() - width);
  }

  /** Ends the input, and writes out the rest. */
  public void end() {
    page.writeOut();
    main.writeOut();
  }

  /** The window was resized. */
  public void resize(int columns, int rows) {
    int newColumns = bound(columns);
    int newRows = bound(rows);
    if (newColumns == page.columns() && newRows == page.rows()) {
      return;
    }
    Page other = page == main ? alternate : main;
    y -= page.resize(newColumns, newRows, y);
    int _ = other.resize(newColumns, newRows, 0);
    x = Math.min(x, newColumns - 1);
    y = Math.min(y, newRows - 1);
    wrapPending = false;
    top = 0;
    bottom = newRows - 1;
  }

  // Characters.

  @Override
  public void print(int codePoint) {
    int width = Width.of(codePoint);
    if (codePoint == ' ') {
      put(0, 1);
    } else if (width == 0) {
      ledger.print();
      combine(codePoint);
    } else {
      ledger.print();
      put(codePoint, Math.min(width, page.columns()));
    }
    lastPrinted = width == 0 ? lastPrinted : codePoint;
  }

  private void put(int character, int width) {
    int last = page.columns() - width;
    if (wraps && (wrapPending || x > last)) {
      wrap(wrapPending ? page.columns() : x);
    } else if (!wraps && x >= last) {
      x = last;
      page.row(y).pushOut(x);
    }
    Row row = page.row(y);
    if (inserts) {
      row.insert(x, width);
    }
    row.print(x, character, width);
    wrapPending = x + width == page.columns() && wraps;
    x = Math.min(x + width, page.columns() - 1);
  }

  private void wrap(int columns) {
    Row from = page.row(y);
    index();
    x = 0;
    from.wrapInto(page.row(y), columns);
  }

  private void combine(int codePoint) {
    Row row = page.row(y);
    row.combine(row.head(wrapPending || x == 0 ? x : x - 1), codePoint);
  }

  // Control characters and escape sequences.

  @Override
  public void control(int c) {
    switch (c) {
      case '\b' -> moveTo(x - 1, y);
      case '\t' -> tabForwards(1);
      case '\n', 0x0b, 0x0c -> {
        index();
        x = linefeedReturns ? 0 : x;
      }
      case '\r' -> moveTo(0, y);
      default -> {}
    }
  }

  @Override
  public void escape(String intermediates, int end) {
    if (intermediates.equals("#") && end == '8') { // DECALN, but for the letters
      page.erase(0, page.rows());
      moveTo(0, 0);
    }
    if (!intermediates.isEmpty()) {
      return;
    }
    switch (end) {
      case '7' -> save();
      case '8' -> restore(saved);
      case 'D' -> index();
      case 'E' -> {
        index();
        x = 0;
      }
      case 'H' -> tabs[x] = true;
      case 'M' -> reverseIndex();
      case 'c' -> { // RIS
        leaveAlternate();
        page.erase(0, page.rows());
        reset();
      }
      default -> {}
    }
  }

  private void save() {
    saved = new Saved(x, y, hasOrigin);
  }

  private void restore(Saved state) {
    hasOrigin = state.hasOrigin;
    moveTo(state.x, state.y);
  }

  private void moveTo(int column, int row) {
    x = Math.clamp(column, 0, page.columns() - 1);
    y = Math.clamp(row, 0, page.rows() - 1);
    wrapPending = false;
  }

  private void index() {
    wrapPending = false;
    if (y == bottom) {
      page.scrollUp(top, bottom, 1);
    } else if (y < page.rows() - 1) {
      y++;
    }
  }

  private void reverseIndex() {
    wrapPending = false;
    if (y == top) {
      page.scrollDown(top, bottom, 1);
    } else if (y > 0) {
      y--;
    }
  }

  private void tabForwards(int count) {
    int column = x;
    for (int i = 0; i < Math.min(count, page.columns()); i++) {
      do {
        column++;
      } while (column < page.columns() && !tabs[column]);
    }
    x = Math.min(column, page.columns() - 1);
  }

  private void tabBackwards(int count) {
    int column = x;
    for (int i = 0; i < Math.min(count, page.columns()); i++) {
      do {
        column--;
      } while (column > 0 && !tabs[column]);
    }
    moveTo(column, y);
  }

  // Control sequences.

  @Override
  public void sequence(ControlSequence sequence) {
    if (sequence.prefix().equals("?") && sequence.intermediates().isEmpty()) {
      privateSequence(sequence);
    } else if (sequence.isPlain()) {
      plain(sequence);
    } else if (sequence.toString().equals("!p")) { // DECSTR
      top = 0;
      bottom = page.rows() - 1;
      wraps = true;
      inserts = false;
      hasOrigin = false;
      saved = new Saved(0, 0, false);
    }
  }

  private void plain(ControlSequence sequence) {
    int count = sequence.count();
    switch (sequence.end()) {
      case '@' -> page.row(y).insert(x, count);
      case 'A', 'F' -> up(count, sequence.end() == 'F');
      case 'B', 'e', 'E' -> down(count, sequence.end() == 'E');
      case 'C', 'a' -> moveTo(x + count, y);
      case 'D' -> moveTo(x - count, y);
      case 'G', '`' -> moveTo(count - 1, y);
      case 'H', 'f' -> moveFrom(Math.max(1, sequence.parameter(1)) - 1, count - 1);
      case 'd' -> moveFrom(x, count - 1);
      case 'I' -> tabForwards(count);
      case 'Z' -> tabBackwards(count);
      case 'J' -> eraseDisplay(sequence.parameter(0));
      case 'K' -> eraseLine(sequence.parameter(0));
      case 'L' -> insertLines(count);
      case 'M' -> deleteLines(count);
      case 'P' -> page.row(y).delete(x, count);
      case 'S' -> page.scrollUp(top, bottom, count);
      case 'T' -> page.scrollDown(top, bottom, count);
      case 'X' -> page.row(y).erase(x, Math.min(page.columns(), x + count));
      case 'b' -> repeat(count);
      case 'g' -> clearTabs(sequence.parameter(0));
      case 'h', 'l' -> mode(sequence.parameter(0), sequence.end() == 'h');
      case 'r' -> region(sequence.count(), sequence.parameter(1));
      case 's' -> save();
      case 'u' -> restore(saved);
      default -> {}
    }
  }

  private void up(int count, boolean toFirstColumn) {
    int limit = y >= top ? top : 0;
    moveTo(toFirstColumn ? 0 : x, Math.max(limit, y - count));
  }

  private void down(int count, boolean toFirstColumn) {
    int limit = y <= bottom ? bottom : page.rows() - 1;
    moveTo(toFirstColumn ? 0 : x, Math.min(limit, y + count));
  }

  /** The row counts from the top of the region in origin mode. */
  private void moveFrom(int column, int row) {
    if (hasOrigin) {
      moveTo(column, Math.min(bottom, top + row));
    } else {
      moveTo(column, row);
    }
  }

  private void eraseDisplay(int which) {
    switch (which) {
      case 0 -> {
        page.erase(y + 1, page.rows());
        eraseLine(0);
      }
      case 1 -> {
        page.erase(0, y);
        eraseLine(1);
      }
      case 2 -> page.erase(0, page.rows());
      default -> {} // 3 erases what has scrolled off, which is written out already
    }
    wrapPending = false;
  }

  private void eraseLine(int which) {
    switch (which) {
      case 0 -> page.row(y).erase(x, page.columns());
      case 1 -> page.row(y).erase(0, x + 1);
      case 2 -> page.row(y).erase(0, page.columns());
      default -> {}
    }
    wrapPending = false;
  }

  private void insertLines(int count) {
    if (y >= top && y <= bottom) {
      page.scrollDown(y, bottom, count);
      moveTo(0, y);
    }
  }

  private void deleteLines(int count) {
    if (y >= top && y <= bottom) {
      page.scrollUp(y, bottom, count);
      moveTo(0, y);
    }
  }

  /** REP, up to the end of the row, so that a few bytes cannot fill the screen. */
  private void repeat(int count) {
    int width = Math.max(1, Width.of(lastPrinted));
    int most = (page.columns() - x) / width;
    for (int i = 0; i < Math.min(count, most) && lastPrinted != 0 && !wrapPending; i++) {
      print(lastPrinted);
    }
  }

  private void clearTabs(int which) {
    switch (which) {
      case 0 -> tabs[x] = false;
      case 3 -> Arrays.fill(tabs, false);
      default -> {}
    }
  }

  private void mode(int mode, boolean isSet) {
    switch (mode) {
      case 4 -> inserts = isSet;
      case 20 -> linefeedReturns = isSet;
      default -> {}
    }
  }

  private void region(int first, int last) {
    int end = last == 0 ? page.rows() : Math.min(last, page.rows());
    if (first < end) {
      top = first - 1;
      bottom = end - 1;
      moveFrom(0, 0);
    }
  }

  private void privateSequence(ControlSequence sequence) {
    switch (sequence.end()) {
      case 'h', 'l' -> {
        for (String mode : sequence.parameters().split(";", -1)) {
          privateMode(mode, sequence.end() == 'h');
        }
      }
      case 'J' -> eraseDisplay(sequence.parameter(0));
      case 'K' -> eraseLine(sequence.parameter(0));
      default -> {}
    }
  }

  private void privateMode(String mode, boolean isSet) {
    switch (mode) {
      case "6" -> {
        hasOrigin = isSet;
        moveFrom(0, 0);
      }
      case "7" -> wraps = isSet;
      case "47", "1047" -> alternate(isSet);
      case "1048" -> saveForAlternate(isSet);
      case "1049" -> {
        if (isSet == (page == main)) {
          if (isSet) {
            saveForAlternate(true);
            alternate(true);
            page.erase(0, page.rows());
          } else {
            alternate(false);
            saveForAlternate(false);
          }
        }
      }
      default -> {}
    }
  }

  private void saveForAlternate(boolean isSaved) {
    if (isSaved) {
      savedByAlternate = new Saved(x, y, hasOrigin);
    } else {
      restore(savedByAlternate);
    }
  }

  private void alternate(boolean isSet) {
    if (!isSet) {
      leaveAlternate();
    } else if (page == main) {
      page.writeOut();
      page = alternate;
    }
  }

  private void leaveAlternate() {
    if (page == alternate) {
      page.erase(0, page.rows());
      page = main;
    }
  }

  @Override
  public void string(ControlString string) {
    page.row(y).mark(new Lines.Mark(string.kind(), string.length(), string.beginning(), false));
  }
}
