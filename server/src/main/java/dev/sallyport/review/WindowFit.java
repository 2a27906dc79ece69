package dev.sallyport.review;

import dev.sallyport.terminal.ControlSequence;
import dev.sallyport.terminal.ControlString;
import dev.sallyport.terminal.Lines;
import dev.sallyport.terminal.Screen;
import dev.sallyport.terminal.Tokens;

/**
 * Draws a screen of the recorded size in the upper left corner of a larger window: text wraps and
 * scrolls as it did in the recording. The window is never resized. For one thread.
 */
final class WindowFit implements Tokens {
  private static final Lines NOBODY = row -> {};

  private final DrawingFilter filter;
  private final Window window;
  private final Screen screen;

  /**
   * A model of the auditor's screen, which gives the last row when the recorded screen does not
   * fit.
   */
  private final Screen here;

  private int columns;
  private int rows;

  /** The last row with text, over all sizes of the screen; from 1. */
  private int lastRow = 1;

  /**
   * @param window that plays the recording
   * @param columns of the recorded screen at the beginning
   * @param rows the same
   */
  WindowFit(DrawingFilter filter, Window window, int columns, int rows) {
    this.filter = filter;
    this.window = window;
    this.screen = new Screen(columns, rows, NOBODY);
    this.here = new Screen(window.columns(), window.rows(), NOBODY);
    this.columns = Math.max(1, columns);
    this.rows = Math.max(1, rows);
    filter.append(region(1, this.rows));
  }

  /** The recorded window was resized. */
  void resize(int newColumns, int newRows) {
    lastRow = lastRow();
    screen.resize(newColumns, newRows);
    columns = Math.max(1, newColumns);
    rows = Math.max(1, newRows);
    filter.append("\u001b7" + region(1, rows) + "\u001b8");
  }

  /** The last row of the window with text; from 1. */
  int lastRow() {
    boolean fits = window.rows() >= rows && window.columns() >= columns;
    return Math.max(lastRow, fits ? screen.usedRows() : here.usedRows());
  }

  private boolean isHigher() {
    return window.rows() > rows;
  }

  private boolean isWider() {
    return window.columns() > columns;
  }

  private String region(int top, int bottom) {
    return isHigher() ? "\u001b[" + top + ";" + bottom + "r" : "\u001b[r";
  }

  @Override
  public void print(int codePoint) {
    if ((isWider() || isHigher()) && screen.wrapsBefore(codePoint)) {
      filter.append(staysInRow() ? "\r" : "\r\n");
    }
    filter.print(codePoint);
    screen.print(codePoint);
    here.print(codePoint);
  }

  /**
   * Keeps the cursor in its row: the last row of the recorded screen is not the last one of the
   * window.
   */
  private boolean staysInRow() {
    return isHigher() && screen.isBelowRegion();
  }

  @Override
  public void control(int c) {
    stayInColumn();
    boolean isLineFeed = c == '\n' || c == 0x0b || c == 0x0c;
    if (!(isLineFeed && staysInRow())) {
      filter.control(c);
    }
    screen.control(c);
    here.control(c);
    if (c == '\t') {
      stayInside();
    }
  }

  /** Keeps the cursor in the last column after a character in it. */
  private void stayInColumn() {
    if (isWider() && screen.wrapsBefore(' ')) {
      filter.append("\u001b[" + columns + "G");
    }
  }

  /** Keeps the cursor inside the recorded screen. */
  private void stayInside() {
    if (isWider() && screen.column() == columns - 1) {
      filter.append("\u001b[" + columns + "G");
    }
  }

  @Override
  public void escape(String intermediates, int end) {
    stayInColumn();
    boolean isLineFeed = intermediates.isEmpty() && (end == 'D' || end == 'E');
    if (!(isLineFeed && staysInRow())) {
      filter.escape(intermediates, end);
    } else if (end == 'E') {
      filter.control('\r');
    }
    screen.escape(intermediates, end);
    here.escape(intermediates, end);
    if (intermediates.isEmpty() && end == 'c') {
      filter.append(region(1, rows) + "\u001b[H");
    }
  }

  @Override
  public void sequence(ControlSequence sequence) {
    stayInColumn();
    int before = screen.row();
    screen.sequence(sequence);
    here.sequence(sequence);
    boolean isDown = sequence.isPlain() && "BeE".indexOf(sequence.end()) >= 0;
    if (isHigher() && isDown) {
      down(screen.row() - before, sequence.end() == 'E');
    } else {
      filter.sequence(fitting(sequence));
    }
    if (sequence.isPlain() && "CaGI`Hf".indexOf(sequence.end()) >= 0) {
      stayInside();
    } else if (sequence.toString().equals("!p")) {
      filter.append("\u001b7" + region(1, rows) + "\u001b8");
    }
  }

  private void down(int moved, boolean toFirstColumn) {
    filter.append(moved > 0 ? "\u001b[" + moved + "B" : "");
    filter.append(toFirstColumn ? "\r" : "");
  }

  /** The sequence limited to the rows of the recorded screen. */
  private ControlSequence fitting(ControlSequence sequence) {
    if (!isHigher() || !sequence.isPlain()) {
      return sequence;
    }
    int first = sequence.count();
    int second = sequence.parameter(1);
    String parameters =
        switch (sequence.end()) {
          case 'r' -> Math.min(first, rows) + ";" + (second == 0 ? rows : Math.min(second, rows));
          case 'H', 'f' -> first > rows ? rows + ";" + Math.max(1, second) : sequence.parameters();
          case 'd' -> first > rows ? Integer.toString(rows) : sequence.parameters();
          default -> sequence.parameters();
        };
    return new ControlSequence("", parameters, "", sequence.end());
  }

  @Override
  public void string(ControlString string) {
    filter.string(string);
  }
}
