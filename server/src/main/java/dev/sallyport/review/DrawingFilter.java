package dev.sallyport.review;

import dev.sallyport.recording.CastText;
import dev.sallyport.terminal.ControlSequence;
import dev.sallyport.terminal.ControlString;
import dev.sallyport.terminal.Tokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Passes only control functions that draw on a terminal: text, colours, cursor movement, erasing
 * and scrolling, and the alternate screen (ECMA-48; xterm's ctlseqs). The recorded user controls
 * these bytes, and the auditor's terminal executes them: other functions could make it answer
 * queries as if the auditor had typed, change the clipboard or the title, erase the scrollback,
 * print a page, lock the keyboard, or change what keys and the mouse send. So this is an
 * allow-list; everything else is left out completely, and counted. Functions that hide text, such
 * as concealed characters, are left out too. For one thread.
 */
final class DrawingFilter implements Tokens {
  /** Most digits of a number: no screen is larger, and terminals repeat without a limit. */
  private static final int MOST_DIGITS = 4;

  /**
   * Final bytes of control sequences without a prefix: cursor (A to H, a, d, e, f, `, s, u), tabs
   * (I, Z, g), erase (J, K, X), insert and delete (@, L, M, P), scroll (S, r), repeat (b). Not
   * among them: c, n, x (queries), i (printer), q (LEDs), t (window operations).
   */
  private static final String FINALS = "@ABCDEFGHIJKLMPSXZ`abdefgrsu";

  /**
   * Private modes that change the picture: reverse video, origin, wrap, blinking and visible
   * cursor, alternate screen. The others change what keys and the mouse send, or delay drawing
   * (2026).
   */
  private static final Set<String> PRIVATE_MODES =
      Set.of("5", "6", "7", "12", "25", "47", "1047", "1048", "1049");

  /** Replaces RIS, which erases the scrollback of some terminals. */
  private static final String RESET =
      "\u001b[!p\u001b[?1049l\u001b[?5l\u001b[?7h\u001b[?25h\u001b[m\u001b(B\u001b)B\u000f"
          + "\u001b[r\u001b[H\u001b[2J";

  private final Colours colours = new Colours();
  private final NotPlayed notPlayed;
  private final StringBuilder out = new StringBuilder();

  DrawingFilter(NotPlayed notPlayed) {
    this.notPlayed = notPlayed;
  }

  /** The passed output since the last call. */
  String take() {
    String text = out.toString();
    out.setLength(0);
    return text;
  }

  /** Appends text of the bastion's own. */
  void append(String text) {
    out.append(text);
  }

  @Override
  public void print(int c) {
    if (CastText.isRaw(c) && (c & 0xff) < 0xa0) {
      // A terminal that does not use UTF-8 would take it for a control character.
      out.append('?');
    } else if (isDirection(c)) {
      notPlayed.hiding();
    } else {
      out.appendCodePoint(c);
    }
  }

  /**
   * Whether the character changes the direction of text in some terminals, so that it looks like
   * other text.
   */
  private static boolean isDirection(int c) {
    return (c >= 0x202a && c <= 0x202e)
        || (c >= 0x2066 && c <= 0x2069)
        || c == 0x200e
        || c == 0x200f
        || c == 0x061c;
  }

  /** Passes bell, backspace, tab, line and page feeds, return, and the two character sets. */
  @Override
  public void control(int c) {
    if (c >= 0x07 && c <= 0x0f) {
      out.append((char) c);
    } else if (c == 0x05) { // ENQ is a query
      notPlayed.function();
    }
  }

  @Override
  public void escape(String intermediates, int end) {
    if (intermediates.isEmpty() && end == 'c') {
      colours.reset();
      out.append(RESET);
    } else if (draws(intermediates, end)) {
      out.append('\u001b').append(intermediates).append((char) end);
      saveOrRestore(intermediates.isEmpty() ? end : 0);
    } else {
      notPlayed.function();
    }
  }

  /**
   * Whether an escape sequence draws: saving and restoring the cursor, line feeds, tab stops, the
   * line drawing and ASCII character sets, and the alignment pattern. Other character sets show
   * different letters, and lines of double width or height hide half of theirs.
   */
  private static boolean draws(String intermediates, int end) {
    return switch (intermediates) {
      case "" -> "78DEHM".indexOf(end) >= 0;
      case "(", ")" -> end == '0' || end == 'B';
      case "#" -> end == '8';
      default -> false;
    };
  }

  private void saveOrRestore(int end) {
    switch (end) {
      case '7', 's' -> colours.save();
      case '8', 'u' -> out.append(colours.restore());
      default -> {}
    }
  }

  @Override
  public void sequence(ControlSequence sequence) {
    if (sequence.prefix().equals("?") && sequence.intermediates().isEmpty()) {
      privateSequence(sequence);
    } else if (sequence.isPlain() && sequence.end() == 'm' && areNumbers(sequence.parameters())) {
      Colours.Drawn drawn = colours.accept(sequence.parameters());
      out.append(drawn.text());
      for (int i = 0; i < drawn.leftOut(); i++) {
        notPlayed.hiding();
      }
    } else if (draws(sequence)) {
      out.append("\u001b[").append(sequence);
      if (sequence.end() == 'p') {
        colours.reset();
      }
      saveOrRestore(sequence.end());
    } else {
      notPlayed.function();
    }
  }

  private static boolean draws(ControlSequence sequence) {
    String parameters = sequence.parameters();
    if (!sequence.isPlain()) {
      boolean isSoftReset = sequence.toString().equals("!p");
      boolean isCursorShape =
          sequence.prefix().isEmpty()
              && sequence.intermediates().equals(" ")
              && sequence.end() == 'q'
              && areNumbers(parameters);
      return isSoftReset || isCursorShape;
    }
    return switch (sequence.end()) {
      case 'h', 'l' -> parameters.equals("4"); // insert mode
      case 'T' -> // with more numbers xterm waits for the mouse
          parameters.indexOf(';') < 0 && areNumbers(parameters);
      case 'J' -> areNumbers(parameters) && erasesScreen(sequence);
      default -> FINALS.indexOf(sequence.end()) >= 0 && areNumbers(parameters);
    };
  }

  /** Whether only the screen is erased; 3 erases the scrollback. */
  private static boolean erasesScreen(ControlSequence sequence) {
    return Arrays.stream(sequence.parameters().split(";", -1))
        .allMatch(which -> which.isEmpty() || which.matches("0*[012]"));
  }

  private void privateSequence(ControlSequence sequence) {
    char end = sequence.end();
    switch (end) {
      case 'h', 'l' -> modes(sequence.parameters(), end);
      case 'J' -> {
        if (areNumbers(sequence.parameters()) && erasesScreen(sequence)) {
          out.append("\u001b[").append(sequence);
        } else {
          notPlayed.function();
        }
      }
      case 'K' -> {
        if (areNumbers(sequence.parameters())) {
          out.append("\u001b[").append(sequence);
        } else {
          notPlayed.function();
        }
      }
      default -> notPlayed.function();
    }
  }

  private void modes(String parameters, char end) {
    List<String> drawing = new ArrayList<>();
    for (String mode : parameters.split(";", -1)) {
      if (PRIVATE_MODES.contains(mode)) {
        drawing.add(mode);
      } else {
        notPlayed.function();
      }
    }
    if (drawing.isEmpty()) {
      return;
    }
    out.append("\u001b[?").append(String.join(";", drawing)).append(end);
    if (drawing.contains("1048") || drawing.contains("1049")) {
      saveOrRestore(end == 'h' ? '7' : '8');
    }
  }

  private static boolean areNumbers(String parameters) {
    int digits = 0;
    for (int i = 0; i < parameters.length(); i++) {
      char c = parameters.charAt(i);
      digits = c >= '0' && c <= '9' ? digits + 1 : 0;
      if (digits > MOST_DIGITS || (digits == 0 && c != ';' && c != ':')) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void string(ControlString string) {
    notPlayed.string(string);
  }
}
