package dev.sallyport.recording;

import dev.sallyport.audit.SafeJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** What is in an audit log, as a reader from outside sees it. */
final class AuditLines {
  private AuditLines() {}

  static List<JsonNode> of(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(path -> path.toString().endsWith(".jsonl"))
          .sorted()
          .flatMap(AuditLines::lines)
          .map(SafeJson.MAPPER::readTree)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String code(JsonNode event) {
    return event.path("metadata").path("event_code").stringValue();
  }

  static List<String> codes(Path directory) {
    return of(directory).stream().map(AuditLines::code).toList();
  }

  static JsonNode last(Path directory, String code) {
    return of(directory).stream().filter(event -> code(event).equals(code)).toList().getLast();
  }
}
