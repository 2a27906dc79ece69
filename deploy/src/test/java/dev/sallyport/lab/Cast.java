package dev.sallyport.lab;

import dev.sallyport.review.CastPlayer;
import dev.sallyport.review.CastReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jline.terminal.Size;
import org.jline.utils.ScreenTerminal;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An asciicast v2: what a terminal was sent, and the sizes that it had. */
record Cast(int columns, int rows, List<Event> events) {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** How that begins with which {@code play} ends. */
  private static final String USABLE = "\u001b[0m\u000f\u001b(B";

  /**
   * @param code {@code o} output, {@code i} input, {@code r} another size
   */
  record Event(double seconds, String code, String data) {
    /** Of an event with another size. */
    Size size() {
      String[] size = data.split("x", 2);
      return Size.of(Integer.parseInt(size[0]), Integer.parseInt(size[1]));
    }
  }

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
   * What one sees when {@code recording play} plays it in a terminal whose window follows the
   * sizes: the picture before each change of the size, and the last.
   *
   * @param text the file
   * @param sent gets everything that the terminal is sent
   * @param directory for a copy of the file
   */
  static List<Screen> played(String text, ByteArrayOutputStream sent, Path directory)
      throws IOException, InterruptedException {
    Cast cast = parse(text);
    ScreenTerminal terminal = new ScreenTerminal(cast.columns, cast.rows);
    ByteArrayOutputStream pending = new ByteArrayOutputStream();
    List<Screen> seen = new ArrayList<>();
    Iterator<Event> events =
        cast.events.stream().filter(event -> "or".contains(event.code)).iterator();
    Path file = directory.resolve("session.cast");
    try (CastReader reader = CastReader.open(Files.writeString(file, text))) {
      new CastPlayer(
              pending,
              Optional.empty(),
              1,
              Duration.ZERO,
              _ -> {
                Event event = events.next();
                if (event.code.equals("r")) {
                  terminal.write(taken(pending, sent));
                  seen.add(Screen.of(terminal));
                  terminal.setSize(event.size());
                }
              })
          .play(reader);
    }
    String rest = taken(pending, sent);
    terminal.write(rest.substring(0, rest.lastIndexOf(USABLE)));
    seen.add(Screen.of(terminal));
    return seen;
  }

  private static String taken(ByteArrayOutputStream pending, ByteArrayOutputStream sent) {
    String text = pending.toString(StandardCharsets.UTF_8);
    sent.writeBytes(pending.toByteArray());
    pending.reset();
    return text;
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
          terminal.setSize(event.size());
        }
        case "i", "m" -> {}
        default -> throw new AssertionError("no event of asciicast v2: " + event);
      }
    }
    seen.add(Screen.of(terminal));
    return seen;
  }
}
