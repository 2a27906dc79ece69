package dev.sallyport.gateway.prompt;

/** The control characters that represent keys other than text. */
final class Keys {
  static final char HOME = 'A' & 0x1f;
  static final char LEFT = 'B' & 0x1f;
  static final char CANCEL = 'C' & 0x1f;
  static final char END_OR_DELETE = 'D' & 0x1f;
  static final char END = 'E' & 0x1f;
  static final char RIGHT = 'F' & 0x1f;
  static final char ERASE = 'H' & 0x1f;
  static final char COMPLETE = '\t';
  static final char ENTER = '\r';
  static final char LINE_FEED = '\n';
  static final char KILL_REST = 'K' & 0x1f;
  static final char CLEAR_SCREEN = 'L' & 0x1f;
  static final char DOWN = 'N' & 0x1f;
  static final char UP = 'P' & 0x1f;
  static final char KILL_LINE = 'U' & 0x1f;
  static final char ERASE_WORD = 'W' & 0x1f;
  static final char DELETE = 0x1c;
  static final char WORD_LEFT = 0x1d;
  static final char WORD_RIGHT = 0x1e;
  static final char DELETE_WORD = 0x1f;
  static final char ERASE_DEL = 0x7f;

  private Keys() {}
}
