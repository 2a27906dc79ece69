package dev.sallyport.review;

import dev.sallyport.terminal.Lines;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Counts what a text does not show. For one thread. */
final class LeftOut {
  private final Map<String, Long> hidden = new TreeMap<>();
  private long repeatedMarks;
  private long repeatedLines;
  private long markedCharacters;
  private long lineCharacters;
  private long drawnAgain;
  private long missing;

  /** Counts characters of a mark's content that it does not show. */
  void hidden(Lines.Mark mark, int characters) {
    hidden.merge(noun(mark.kind()), (long) characters, Long::sum);
  }

  /** Counts a mark that equals the one before of its kind. */
  void repeatedMark(Lines.Mark mark) {
    repeatedMarks++;
    markedCharacters += mark.length();
  }

  /** Counts a line that equals the one before. */
  void repeatedLine(int characters) {
    repeatedLines++;
    lineCharacters += characters;
  }

  /** Counts characters that were printed again at the same place. */
  void drawnAgain(long characters) {
    drawnAgain = characters;
  }

  /** Counts missing characters, which would be a fault. */
  void missing(long characters) {
    missing = characters;
  }

  /** The counts as text; empty when nothing was left out. */
  @Override
  public String toString() {
    List<String> all = new ArrayList<>();
    hidden.forEach((noun, count) -> all.add(characters(count) + " of " + noun + "s"));
    addRepeated(all, repeatedMarks, "mark", markedCharacters);
    addRepeated(all, repeatedLines, "line", lineCharacters);
    if (drawnAgain > 0) {
      all.add(characters(drawnAgain) + " drawn again where they stood");
    }
    if (missing != 0) {
      all.add(characters(missing) + " by a fault of this program, use --format raw-text");
    }
    return String.join("; ", all);
  }

  private static void addRepeated(List<String> all, long count, String noun, long characters) {
    if (count > 0) {
      all.add(counted(count, noun) + " like the one before, " + characters(characters));
    }
  }

  /** The name of one control string of this kind. */
  static String noun(String kind) {
    return switch (kind) {
      case "title", "link" -> kind;
      case "clipboard" -> "clipboard write";
      case "sequence" -> "long sequence";
      default -> kind.split(" ", 2)[0] + " string";
    };
  }

  static String characters(long count) {
    return counted(count, "character");
  }

  static String times(long count) {
    return counted(count, "time");
  }

  static String counted(long count, String noun) {
    return String.format(Locale.ROOT, "%,d %s%s", count, noun, count == 1 ? "" : "s");
  }
}
