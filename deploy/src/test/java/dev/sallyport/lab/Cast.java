package dev.sallyport.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jline.terminal.Size;
import org.jline.utils.ScreenTerminal;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An asciicast v2: what a terminal was sent, and the sizes that it had. */
record Cast(int columns, int rows, List<Event> events) {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Pattern SIZE = Pattern.compile("\u001b\\[8;(\\d+);(\\d+)t");

  /** How that begins with which {@code play} ends. */
  private static final String USABLE = "\u001b[0m\u000f\u001b(B";

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

  /**
   * What {@code recording play} has sent a terminal: it asks for a size by xterm's window operation
   * 8, first of all and at each change, and at the end makes the terminal usable again.
   */
  static Cast ofPlayed(String sent) {
    Matcher sizes = SIZE.matcher(sent);
    assertThat(sizes.lookingAt()).as("begins with a size").isTrue();
    int columns = Integer.parseInt(sizes.group(2));
    int rows = Integer.parseInt(sizes.group(1));
    List<Event> events = new ArrayList<>();
    int from = sizes.end();
    while (sizes.find()) {
      events.add(new Event(0, "o", sent.substring(from, sizes.start())));
      events.add(new Event(0, "r", sizes.group(2) + "x" + sizes.group(1)));
      from = sizes.end();
    }
    events.add(new Event(0, "o", sent.substring(from, sent.lastIndexOf(USABLE))));
    return new Cast(columns, rows, events);
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
