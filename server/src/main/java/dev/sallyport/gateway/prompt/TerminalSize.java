package dev.sallyport.gateway.prompt;

/**
 * How large a client's terminal is, in characters.
 *
 * @param columns {@link #LEAST_COLUMNS} to {@link #MOST}
 * @param rows {@link #LEAST_ROWS} to {@link #MOST}
 */
public record TerminalSize(int columns, int rows) {
  /** What a terminal is taken for that does not say: 0 means unknown (RFC 4254, section 6.2). */
  public static final TerminalSize USUAL = new TerminalSize(80, 24);

  /** A line editor on fewer columns than its prompt has would never find its place. */
  static final int LEAST_COLUMNS = 20;

  /** On fewer rows the line editor scrolls sideways, in steps that a width of 0 makes endless. */
  static final int LEAST_ROWS = 4;

  /** Bounds what a client can have drawn for it by saying how wide it is. */
  static final int MOST = 1000;

  public TerminalSize {
    columns = Math.clamp(columns, LEAST_COLUMNS, MOST);
    rows = Math.clamp(rows, LEAST_ROWS, MOST);
  }

  /**
   * What a client says, in a pty-req or a window-change (RFC 4254, sections 6.2 and 6.7).
   *
   * @param columns any unsigned 32-bit number
   * @param rows any unsigned 32-bit number
   */
  public static TerminalSize of(long columns, long rows) {
    return new TerminalSize(
        columns == 0 ? USUAL.columns : Math.clamp(columns, LEAST_COLUMNS, MOST),
        rows == 0 ? USUAL.rows : Math.clamp(rows, LEAST_ROWS, MOST));
  }
}
