package dev.sallyport.review;

import java.io.IOException;
import java.util.Arrays;

/**
 * What a terminal's output says to somebody who reads lines: the effect of a shell's line editing
 * is there, positions on the screen are not. One line of the terminal is kept at a time; a program
 * that moves about the screen begins a new line with each move. For one thread.
 */
final class PrintedText implements ControlFilter.Screen {
  /** A line that is longer is cut in two: it must not fill the memory. */
  static final int LONGEST_LINE = 4096;

  private final Appendable out;
  private final int[] line = new int[LONGEST_LINE];
  private int length;
  private int column;

  PrintedText(Appendable out) {
    this.out = out;
  }

  @Override
  public void print(int codePoint) throws IOException {
    if (column == LONGEST_LINE) {
      newLine();
    }
    pad(column);
    line[column++] = codePoint;
    length = Math.max(length, column);
  }

  private void pad(int to) {
    if (length < to) {
      Arrays.fill(line, length, to, ' ');
      length = to;
    }
  }

  @Override
  public void control(int c) throws IOException {
    switch (c) {
      case '\n', 0x0b, 0x0c, 0x85 -> newLine();
      case '\r' -> column = 0;
      case '\b' -> column = Math.max(0, column - 1);
      case '\t' -> moveTo(column / 8 * 8 + 8);
      default -> {}
    }
  }

  /** ECMA-48, section 8.3; only what edits the line that the cursor is on. */
  @Override
  public void sequence(int end, int first) throws IOException {
    int count = Math.max(1, first);
    switch (end) {
      case 'C' -> moveTo(column + Math.min(count, LONGEST_LINE)); // CUF
      case 'D' -> column = Math.max(0, column - count); // CUB
      case 'G', '`' -> moveTo(count - 1); // CHA, HPA
      case 'K' -> erase(first); // EL
      case 'P' -> delete(count); // DCH
      case '@' -> insert(count); // ICH
      case 'A', 'B', 'E', 'F', 'H', 'J', 'L', 'M', 'S', 'T', 'd', 'f' -> leaveLine();
      default -> {}
    }
  }

  private void moveTo(int to) {
    column = Math.min(to, LONGEST_LINE - 1);
  }

  private void erase(int which) {
    switch (which) {
      case 1 -> Arrays.fill(line, 0, Math.min(length, column + 1), ' ');
      case 2 -> length = 0;
      default -> length = Math.min(length, column);
    }
  }

  private void delete(int count) {
    int from = Math.min(length, column + Math.min(count, LONGEST_LINE));
    if (column < from) {
      System.arraycopy(line, from, line, column, length - from);
      length -= from - column;
    }
  }

  private void insert(int count) {
    if (column < length) {
      int shift = Math.min(count, LONGEST_LINE - column);
      int kept = Math.min(length - column, LONGEST_LINE - column - shift);
      System.arraycopy(line, column, line, column + shift, kept);
      Arrays.fill(line, column, column + shift, ' ');
      length = column + shift + kept;
    }
  }

  private void leaveLine() throws IOException {
    if (length > 0) {
      newLine();
    }
    column = 0;
  }

  private void newLine() throws IOException {
    int end = length;
    while (end > 0 && line[end - 1] == ' ') {
      end--;
    }
    for (int i = 0; i < end; i++) {
      VisibleText.append(out, line[i]);
    }
    out.append('\n');
    length = 0;
    column = 0;
  }

  /** The last line, if it has not ended. */
  void end() throws IOException {
    leaveLine();
  }
}
