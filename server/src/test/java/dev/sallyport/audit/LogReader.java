package dev.sallyport.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** What is in a log's folder, as a reader from outside sees it. */
final class LogReader {
  private LogReader() {}

  static List<Path> files(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.filter(path -> path.toString().endsWith(".jsonl")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<JsonNode> events(Path directory) {
    return files(directory).stream().flatMap(LogReader::lines).toList();
  }

  private static Stream<JsonNode> lines(Path file) {
    try {
      return Files.readAllLines(file).stream().map(SafeJson.MAPPER::readTree);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Long> sequences(Path directory) {
    return events(directory).stream()
        .map(event -> event.path("metadata").path("sequence").longValue())
        .toList();
  }

  static List<String> codes(Path directory) {
    return events(directory).stream()
        .map(event -> event.path("metadata").path("event_code").stringValue())
        .toList();
  }

  static List<String> details(Path directory) {
    return events(directory).stream()
        .map(event -> event.path("status_detail").asString(""))
        .toList();
  }
}
