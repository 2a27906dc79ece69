package dev.sallyport.review;

import dev.sallyport.terminal.ControlString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts output that is not played. For one thread. */
final class NotPlayed {
  private final Map<String, Long> strings = new TreeMap<>();
  private long characters;
  private long functions;
  private long hiding;

  void string(ControlString string) {
    strings.merge(LeftOut.noun(string.kind()), 1L, Long::sum);
    characters += string.length();
  }

  /** Counts a control function that does not only draw. */
  void function() {
    functions++;
  }

  /** Counts output that would hide text or make it look like other text. */
  void hiding() {
    hiding++;
  }

  /** The counts as text; empty when everything was played. */
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
