package dev.sallyport.lab;

import java.util.ArrayList;
import java.util.List;
import org.jline.utils.ScreenTerminal;

/**
 * What a terminal shows.
 *
 * @param cells row by row: each its character, and the colours and the rest of how it looks
 * @param cursor its column and row, the first being 0
 */
record Screen(int columns, int rows, List<Long> cells, List<Integer> cursor) {
  static Screen of(ScreenTerminal terminal) {
    long[] cells = new long[terminal.getColumns() * terminal.getRows()];
    int[] cursor = new int[2];
    terminal.dump(cells, cursor);
    return new Screen(
        terminal.getColumns(),
        terminal.getRows(),
        new ArrayList<>(java.util.Arrays.stream(cells).boxed().toList()),
        java.util.Arrays.stream(cursor).boxed().toList());
  }

  /** The characters, a line a row. */
  String text() {
    StringBuilder text = new StringBuilder();
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        int character = ScreenTerminal.cellCodePoint(cells.get(row * columns + column));
        text.appendCodePoint(character == 0 ? ' ' : character);
      }
      text.append('\n');
    }
    return text.toString();
  }

  /** How many cells have a colour or look otherwise unlike the rest. */
  long coloured() {
    return cells.stream().filter(cell -> ScreenTerminal.cellAttr(cell) != 0).count();
  }

  /** The rows between the first and the last that are not empty, each with its looks. */
  List<List<Long>> drawn() {
    List<List<Long>> drawn = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      drawn.add(cells.subList(row * columns, (row + 1) * columns));
    }
    while (!drawn.isEmpty() && isEmpty(drawn.getLast())) {
      drawn.removeLast();
    }
    while (!drawn.isEmpty() && isEmpty(drawn.getFirst())) {
      drawn.removeFirst();
    }
    return drawn;
  }

  private static boolean isEmpty(List<Long> row) {
    return row.stream()
        .allMatch(cell ->
            ScreenTerminal.cellAttr(cell) == 0
                && (ScreenTerminal.cellCodePoint(cell) == 0
                    || ScreenTerminal.cellCodePoint(cell) == ' '));
  }

  @Override
  public String toString() {
    return "%dx%d, cursor at %s%n%s".formatted(columns, rows, cursor, text());
  }
}
