package dev.sallyport.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jline.terminal.Size;
import org.jline.utils.ScreenTerminal;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An asciicast v2: what a terminal was sent, and the sizes that it had. */
record Cast(int columns, int rows, List<Event> events) {
  private static final JsonMapper JSON = JsonMapper.shared();

  /**
   * @param code {@code o} output, {@code i} input, {@code r} another size
   */
  record Event(double seconds, String code, String data) {}

  /** Reads the file; a line that is no event is an error. */
  static Cast parse(String text) {
    List<String> lines = text.lines().toList();
    JsonNode header = JSON.readTree(lines.getFirst());
    return new Cast(
        header.at("/width").asInt(),
        header.at("/height").asInt(),
        lines.stream()
            .skip(1)
            .map(JSON::readTree)
            .map(line ->
                new Event(line.get(0).asDouble(), line.get(1).asString(), line.get(2).asString()))
            .toList());
  }

  /** Everything that was printed. */
  String output() {
    return all("o");
  }

  /** Everything that was typed. */
  String input() {
    return all("i");
  }

  private String all(String code) {
    return events.stream()
        .filter(event -> event.code().equals(code))
        .map(Event::data)
        .collect(Collectors.joining());
  }

  /** What one sees when it is played: the picture before each change of the size, and the last. */
  List<Screen> screens() {
    ScreenTerminal terminal = new ScreenTerminal(columns, rows);
    List<Screen> seen = new ArrayList<>();
    for (Event event : events) {
      switch (event.code()) {
        case "o" -> terminal.write(event.data());
        case "r" -> {
          seen.add(Screen.of(terminal));
          String[] size = event.data().split("x", 2);
          terminal.setSize(Size.of(Integer.parseInt(size[0]), Integer.parseInt(size[1])));
        }
        case "i", "m" -> {}
        default -> throw new AssertionError("no event of asciicast v2: " + event);
      }
    }
    seen.add(Screen.of(terminal));
    return seen;
  }
}
