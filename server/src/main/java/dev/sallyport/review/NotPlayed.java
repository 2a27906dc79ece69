package dev.sallyport.review;

import dev.sallyport.terminal.ControlString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts what a recorded terminal was sent and the one that plays it is not. For one thread. */
final class NotPlayed {
  private final Map<String, Long> strings = new TreeMap<>();
  private long characters;
  private long functions;
  private long hiding;

  void string(ControlString string) {
    strings.merge(LeftOut.noun(string.kind()), 1L, Long::sum);
    characters += string.length();
  }

  /** A control function that does not draw, or does more. */
  void function() {
    functions++;
  }

  /** Something that would hide text or have it read as other text. */
  void hiding() {
    hiding++;
  }

  /** In words; empty when all was played. */
  @Override
  public String toString() {
    List<String> all = new ArrayList<>();
    strings.forEach((noun, count) -> all.add(LeftOut.counted(count, noun)));
    if (!strings.isEmpty()) {
      String last = all.removeLast();
      all.add(last + " (" + LeftOut.characters(characters) + ")");
    }
    if (functions > 0) {
      all.add(LeftOut.counted(functions, "control function") + " that would do more than draw");
    }
    if (hiding > 0) {
      all.add(LeftOut.counted(hiding, "control") + " that would hide text");
    }
    return String.join(", ", all);
  }
}
