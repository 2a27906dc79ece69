package dev.sallyport.terminal;

import java.util.Optional;

/**
 * The rows of a screen. Before text is lost, all changes since the last time are written out, from
 * the top down, so that the text stays in order. For one thread.
 */
final class Page {
  private final Clusters clusters;
  private final Ledger ledger;
  private final Lines lines;
  private final Ids ids;

  /** Unused rows are null. */
  private Row[] rows;

  private int columns;

  /** Numbers the rows of all pages of a screen. */
  static final class Ids {
    private long last;

    long next() {
      return ++last;
    }
  }

  Page(int columns, int rows, Clusters clusters, Ledger ledger, Lines lines, Ids ids) {
    this.columns = columns;
    this.rows = new Row[rows];
    this.clusters = clusters;
    this.ledger = ledger;
    this.lines = lines;
    this.ids = ids;
  }

  int columns() {
    return columns;
  }

  int rows() {
    return rows.length;
  }

  Clusters clusters() {
    return clusters;
  }

  Ledger ledger() {
    return ledger;
  }

  Row row(int y) {
    if (rows[y] == null) {
      rows[y] = new Row(this, ids.next());
    }
    return rows[y];
  }

  private Optional<Row> known(int y) {
    return Optional.ofNullable(rows[y]);
  }

  /** The number of rows up to the last one with content. */
  int used() {
    int used = rows.length;
    while (used > 0 && !known(used - 1).map(Row::isUsed).orElse(false)) {
      used--;
    }
    return used;
  }

  /** Writes out all changes. */
  void writeOut() {
    writeOut(Optional.empty(), Lines.State.STANDS);
  }

  /** The same, with this row in its state before the current change. */
  void writeOut(Row losing, Lines.State why) {
    writeOut(Optional.of(losing), why);
  }

  /** Successive empty rows become one line, so that a large screen does not become long. */
  private void writeOut(Optional<Row> losing, Lines.State why) {
    int used = used();
    boolean followsEmpty = false;
    for (int y = 0; y < used; y++) {
      boolean isEmpty = !known(y).map(Row::isUsed).orElse(false);
      if (losing.isPresent() && rows[y] == losing.get()) {
        losing.get().writeOutBefore(lines, why);
      } else if (!(isEmpty && followsEmpty)) {
        row(y).writeOut(lines);
      }
      followsEmpty = isEmpty;
    }
  }

  /** Writes out all changes when the marks of a row take too much memory. */
  void boundMarks(Row row) {
    if (row.hasTooManyMarks()) {
      writeOut();
    }
  }

  /** Scrolls a region up; its first rows leave the screen. */
  void scrollUp(int top, int bottom, int count) {
    int leaving = Math.min(count, bottom - top + 1);
    if (top == 0) {
      // A single line feed is a line, even on an empty screen; a scroll by a large number is not as
      // many lines.
      int written = leaving == 1 ? 1 : Math.min(leaving, used());
      for (int y = 0; y < written; y++) {
        row(y).writeOut(lines);
      }
    } else {
      beforeLosing(top, top + leaving);
    }
    System.arraycopy(rows, top + leaving, rows, top, bottom + 1 - top - leaving);
    forget(bottom + 1 - leaving, bottom + 1);
  }

  /** Scrolls a region down; its last rows leave the screen. */
  void scrollDown(int top, int bottom, int count) {
    int leaving = Math.min(count, bottom - top + 1);
    beforeLosing(bottom + 1 - leaving, bottom + 1);
    System.arraycopy(rows, top, rows, top + leaving, bottom + 1 - top - leaving);
    forget(top, top + leaving);
  }

  /** Erases rows from {@code from} up to, but not including, {@code to}. */
  void erase(int from, int to) {
    beforeLosing(from, to);
    forget(from, to);
  }

  private void beforeLosing(int from, int to) {
    for (int y = from; y < to; y++) {
      if (known(y).map(Row::isPending).orElse(false)) {
        writeOut();
        return;
      }
    }
  }

  @SuppressWarnings("NullAway") // unused rows are null
  private void forget(int from, int to) {
    for (int y = from; y < to; y++) {
      rows[y] = null;
    }
  }

  /**
   * Changes the size. If the cursor would be below the last row, rows at the top leave the screen.
   *
   * @return the number of rows that have left
   */
  int resize(int newColumns, int newRows, int cursorRow) {
    int gone = Math.max(0, cursorRow - newRows + 1);
    boolean isCut = false;
    for (int y = 0; y < rows.length; y++) {
      boolean leaves = y < gone || y >= gone + newRows;
      isCut |=
          known(y)
              .map(row -> row.isPending() && (leaves || row.isLongerThan(newColumns)))
              .orElse(false);
    }
    if (isCut) {
      writeOut();
    }
    Row[] kept = new Row[newRows];
    System.arraycopy(rows, gone, kept, 0, Math.min(newRows, rows.length - gone));
    rows = kept;
    columns = newColumns;
    for (Row row : rows) {
      if (row != null) {
        row.cut(newColumns);
      }
    }
    return gone;
  }
}
