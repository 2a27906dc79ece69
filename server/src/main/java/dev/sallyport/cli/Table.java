package dev.sallyport.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * A list for people: a header line, then a line for each row, its cells below their titles. Rows
 * are printed as they come, so a cell that is wider than its column moves the rest of its line.
 */
final class Table {
  /**
   * A column.
   *
   * @param title in the header; one word
   * @param width characters that most cells need
   */
  record Column(String title, int width) {
    String padded(String cell) {
      return cell + " ".repeat(Math.max(0, width - cell.length()));
    }
  }

  private static final String BETWEEN = "  ";
  private static final String NOTHING = "-";

  private final PrintWriter out;
  private final List<Column> columns;
  private boolean begun;

  /** The header is printed with the first row: a list of nothing is empty. */
  Table(PrintWriter out, List<Column> columns) {
    this.out = out;
    this.columns = List.copyOf(columns);
  }

  /** Prints rows that are all known, in columns as wide as their widest cell. */
  static void print(PrintWriter out, List<String> titles, List<List<String>> rows) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < titles.size(); i++) {
      int width = titles.get(i).length();
      for (List<String> row : rows) {
        width = Math.max(width, row.get(i).length());
      }
      columns.add(new Column(titles.get(i), width));
    }
    Table table = new Table(out, columns);
    rows.forEach(table::row);
  }

  /**
   * Prints a row.
   *
   * @param cells one for each column, printable; one that is empty is shown as {@code -}
   */
  void row(List<String> cells) {
    if (!begun) {
      begun = true;
      print(columns.stream().map(Column::title).toList());
    }
    print(cells);
  }

  private void print(List<String> cells) {
    List<String> padded = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      String cell = cells.get(i).isEmpty() ? NOTHING : cells.get(i);
      padded.add(i == columns.size() - 1 ? cell : columns.get(i).padded(cell));
    }
    out.println(String.join(BETWEEN, padded));
  }
}
