package dev.sallyport.gateway.prompt;

/**
 * The size of a client's terminal, in characters.
 *
 * @param columns {@link #LEAST_COLUMNS} to {@link #MOST}
 * @param rows {@link #LEAST_ROWS} to {@link #MOST}
 */
public record TerminalSize(int columns, int rows) {
  /**
   * The size that is assumed when the client sends 0, which means unknown (RFC 4254, section 6.2).
   */
  public static final TerminalSize USUAL = new TerminalSize(80, 24);

  /** Fewest columns: the line editor does not work when the prompt is wider than the terminal. */
  static final int LEAST_COLUMNS = 20;

  /**
   * Fewest rows: with fewer, the line editor scrolls sideways, and loops for ever at a width of 0.
   */
  static final int LEAST_ROWS = 4;

  /** Most columns and rows; bounds what is drawn for a client that claims a large terminal. */
  static final int MOST = 1000;

  public TerminalSize {
    columns = Math.clamp(columns, LEAST_COLUMNS, MOST);
    rows = Math.clamp(rows, LEAST_ROWS, MOST);
  }

  /**
   * The size in a pty-req or a window-change (RFC 4254, sections 6.2 and 6.7), within the bounds.
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
