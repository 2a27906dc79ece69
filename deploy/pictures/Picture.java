import dev.sallyport.review.CastEvent;
import dev.sallyport.review.CastReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jline.utils.ScreenTerminal;

/**
 * Draws a recording as SVG, which every browser shows: the screen at its end or at a moment, or all
 * of its screens one after the other.
 *
 * <pre>Picture.java film|still CAST SVG [TEXT]</pre>
 *
 * A still is the last screen on which TEXT is to be seen.
 */
final class Picture {
  private static final int FONT = 14;
  private static final double CHARACTER = 8.43;
  private static final int LINE = 18;
  private static final int MARGIN = 12;

  /** Nobody watches longer pauses. */
  private static final double IDLE_LIMIT = 1.2;

  /** What follows faster is one picture: the eye sees no more. */
  private static final double FRAME = 0.08;

  /** The last screen stays this long before the film begins again. */
  private static final double REST = 4;

  private static final String PAPER = "#1b1f27";
  private static final int INK = 0xd6dae0;

  private static final Map<Integer, Integer> PLAIN =
      Map.of(
          0x880000, 0xe06c75,
          0x008800, 0x8fc87a,
          0x888800, 0xe0b060,
          0x000088, 0x6cb0f5,
          0x880088, 0xc98be0,
          0x008888, 0x5cc0c8,
          0x0000ff, 0x6cb0f5);

  /**
   * One picture of the film.
   *
   * @param seconds when it is shown first
   * @param rows each as SVG
   */
  private record Frame(double seconds, List<String> rows, String cursor) {}

  private final int columns;
  private final int rows;
  private final ScreenTerminal terminal;

  private Picture(int columns, int rows) {
    this.columns = columns;
    this.rows = rows;
    this.terminal = new ScreenTerminal(columns, rows);
  }

  public static void main(String[] words) throws IOException {
    if (words.length < 3 || !List.of("film", "still").contains(words[0])) {
      System.err.println("pictures: Picture.java film|still CAST SVG [TEXT]");
      System.exit(2);
    }
    try (CastReader cast = CastReader.open(Path.of(words[1]))) {
      Picture picture = new Picture(cast.columns(), cast.rows());
      String text = words.length > 3 ? words[3] : "";
      List<Frame> frames = picture.frames(cast, text);
      if (words[0].equals("still")) {
        frames = frames.subList(frames.size() - 1, frames.size());
      }
      Files.writeString(Path.of(words[2]), picture.svg(frames));
    }
  }

  // ---- play ----

  /** All pictures, with pauses made short, up to the last one that shows the text. */
  private List<Frame> frames(CastReader cast, String text) throws IOException {
    List<Frame> frames = new ArrayList<>();
    int last = 0;
    double clock = 0;
    double before = 0;
    Optional<CastEvent> next = cast.next();
    while (next.isPresent()) {
      CastEvent event = next.get();
      next = cast.next();
      double at = event.at().toNanos() / 1e9;
      clock += Math.min(IDLE_LIMIT, at - before);
      before = at;
      switch (event) {
        case CastEvent.Output(var when, String data) -> terminal.write(data);
        case CastEvent.Resize resize ->
            throw new IOException("a picture has one size, and the recording has several");
        case CastEvent.Input input -> {}
        case CastEvent.Other other -> {}
      }
      boolean stands =
          next.map(following -> following.at().toNanos() / 1e9 - at > FRAME).orElse(true);
      if (stands) {
        frames.add(frame(clock));
        if (shows(text)) {
          last = frames.size();
        }
      }
    }
    if (last == 0) {
      throw new IOException("no screen shows '" + text + "'");
    }
    return frames.subList(0, last);
  }

  private boolean shows(String text) {
    return terminal.toString().contains(text);
  }

  private Frame frame(double seconds) {
    long[] cells = new long[columns * rows];
    int[] cursor = new int[2];
    terminal.dump(cells, cursor);
    List<String> lines = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      lines.add(row(cells, row * columns));
    }
    return new Frame(
        seconds,
        lines,
        "<rect x=\"%s\" y=\"%d\" width=\"%s\" height=\"%d\" fill=\"%s\" opacity=\"0.6\"/>"
            .formatted(x(cursor[0]), cursor[1] * LINE, x(1), LINE, colour(INK)));
  }

  // ---- draw ----

  /** Runs of characters that look alike. */
  private String row(long[] cells, int start) {
    StringBuilder svg = new StringBuilder();
    int column = 0;
    while (column < columns) {
      long look = ScreenTerminal.cellAttr(cells[start + column]);
      int end = column;
      StringBuilder run = new StringBuilder();
      while (end < columns && ScreenTerminal.cellAttr(cells[start + end]) == look) {
        int character = ScreenTerminal.cellCodePoint(cells[start + end]);
        run.appendCodePoint(character == 0 ? ' ' : character);
        end++;
      }
      run(svg, cells[start + column], column, run.toString());
      column = end;
    }
    return svg.toString();
  }

  private static void run(StringBuilder svg, long cell, int column, String text) {
    boolean inverse = ScreenTerminal.cellInverse(cell);
    Optional<Integer> paper =
        ScreenTerminal.cellHasBackground(cell)
            ? Optional.of(rgb(ScreenTerminal.cellBackground(cell)))
            : Optional.empty();
    int ink =
        ScreenTerminal.cellHasForeground(cell) ? rgb(ScreenTerminal.cellForeground(cell)) : INK;
    String inkColour = inverse ? paper.map(Picture::colour).orElse(PAPER) : colour(ink);
    Optional<String> paperColour = inverse ? Optional.of(colour(ink)) : paper.map(Picture::colour);
    paperColour.ifPresent(fill ->
        svg.append(
            "<rect x=\"%s\" width=\"%s\" height=\"%d\" fill=\"%s\"/>"
                .formatted(x(column), x(text.length()), LINE, fill)));
    if (!text.isBlank() && !ScreenTerminal.cellConceal(cell)) {
      int blank = text.length() - text.stripLeading().length();
      String shown = text.strip();
      svg.append(
          "<text x=\"%s\" y=\"%d\" textLength=\"%s\" fill=\"%s\"%s%s%s>%s</text>"
              .formatted(
                  x(column + blank),
                  LINE - 5,
                  x(shown.length()),
                  inkColour,
                  ScreenTerminal.cellBold(cell) ? " font-weight=\"bold\"" : "",
                  ScreenTerminal.cellItalic(cell) ? " font-style=\"italic\"" : "",
                  ScreenTerminal.cellUnderline(cell) ? " text-decoration=\"underline\"" : "",
                  escaped(shown)));
    }
  }

  /** The plain colours are made for white paper; on ours blue could not be read. */
  private static int rgb(int colour) {
    int rgb = ScreenTerminal.cellColorRgb(colour);
    return PLAIN.getOrDefault(rgb, rgb);
  }

  private static String colour(int rgb) {
    return String.format(Locale.ROOT, "#%06x", rgb);
  }

  private static String x(int column) {
    return String.format(Locale.ROOT, "%.2f", column * CHARACTER);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /** Each row is in the file once, however many frames show it; a frame is a place on a strip. */
  private String svg(List<Frame> frames) {
    double width = columns * CHARACTER;
    int height = rows * LINE;
    Map<String, String> names = new LinkedHashMap<>();
    StringBuilder strip = new StringBuilder();
    for (int i = 0; i < frames.size(); i++) {
      strip.append("<g transform=\"translate(0,%d)\">".formatted(i * height));
      for (int row = 0; row < rows; row++) {
        String drawn = frames.get(i).rows().get(row);
        if (!drawn.isEmpty()) {
          String name = names.computeIfAbsent(drawn, fresh -> "r" + names.size());
          strip.append("<use href=\"#%s\" y=\"%d\"/>".formatted(name, row * LINE));
        }
      }
      strip.append(frames.get(i).cursor()).append("</g>\n");
    }
    StringBuilder drawings = new StringBuilder();
    names.forEach((drawn, name) -> drawings.append("<g id=\"%s\">%s</g>\n".formatted(name, drawn)));
    return """
    <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="monospace" font-size="%d" \
    xml:space="preserve">
    <rect width="100%%" height="100%%" rx="8" fill="%s"/>
    <defs>
    %s</defs>
    <svg x="%d" y="%d" width="%.0f" height="%d">
    <g>%s
    %s</g>
    </svg>
    </svg>
    """
        .formatted(
            Math.round(width) + 2 * MARGIN,
            height + 2 * MARGIN,
            FONT,
            PAPER,
            drawings,
            MARGIN,
            MARGIN,
            width,
            height,
            frames.size() > 1 ? animation(frames, height) : "",
            strip);
  }

  /** Moves the strip from frame to frame, again and again. */
  private static String animation(List<Frame> frames, int height) {
    double length = frames.getLast().seconds() + REST;
    StringBuilder places = new StringBuilder();
    StringBuilder times = new StringBuilder();
    for (int i = 0; i < frames.size(); i++) {
      places.append(i == 0 ? "" : ";").append("0 ").append(-i * height);
      times
          .append(i == 0 ? "" : ";")
          .append(
              i == 0 ? "0" : String.format(Locale.ROOT, "%.5f", frames.get(i).seconds() / length));
    }
    return """
    <animateTransform attributeName="transform" type="translate" calcMode="discrete" \
    repeatCount="indefinite" dur="%.2fs" values="%s" keyTimes="%s"/>\
    """
        .formatted(length, places, times);
  }
}
