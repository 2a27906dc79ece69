package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.fail;

import dev.sallyport.audit.Condition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The audit log, as an auditor reads it while the server runs. */
public final class AuditReader {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Path directory;

  public AuditReader(Path directory) {
    this.directory = directory;
  }

  /** One line. */
  public record Event(JsonNode json) {
    public String code() {
      return json.at("/metadata/event_code").asString("");
    }

    public String connection() {
      return json.at("/metadata/correlation_uid").asString("");
    }

    public String forward() {
      return json.at("/connection_info/uid").asString("");
    }

    public String user() {
      return json.at("/actor/user/name").asString(json.at("/user/name").asString(""));
    }

    /** The reason, in words. */
    public String detail() {
      return json.path("status_detail").asString("");
    }

    /** The rule or denial. */
    public String rule() {
      return json.at("/firewall_rule/name").asString("");
    }

    public String request() {
      return json.at("/unmapped/request").asString("");
    }

    public String requestDetail() {
      return json.at("/unmapped/request_detail").asString("");
    }

    public String target() {
      return json.at("/dst_endpoint/hostname").asString("")
          + ":"
          + json.at("/dst_endpoint/port").asInt(-1);
    }

    public long bytesFromClient() {
      return json.at("/traffic/bytes_out").asLong(-1);
    }

    public long bytesToClient() {
      return json.at("/traffic/bytes_in").asLong(-1);
    }
  }

  /** All whole lines, in order. */
  public List<Event> events() {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".jsonl"))
          .sorted()
          .flatMap(AuditReader::lines)
          .map(line -> new Event(JSON.readTree(line)))
          .toList();
    } catch (NoSuchFileException notYet) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<String> lines(Path file) {
    try {
      String text = Files.readString(file);
      return text.substring(0, text.lastIndexOf('\n') + 1).lines();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public List<Event> events(String code) {
    return events().stream().filter(event -> event.code().equals(code)).toList();
  }

  /** The events of one connection, in order. */
  public List<Event> ofConnection(String connection) {
    return events().stream().filter(event -> event.connection().equals(connection)).toList();
  }

  /** Waits for an event, and gives the first such. */
  public Event await(String code, Predicate<Event> which) {
    try {
      Condition.await(code, () -> events(code).stream().anyMatch(which));
    } catch (AssertionError late) {
      return fail(
          "no such %s in the log:\n%s",
          code,
          String.join("\n", events().stream().map(event -> event.json().toString()).toList()),
          late);
    }
    return events(code).stream().filter(which).findFirst().orElseThrow();
  }

  public Event await(String code) {
    return await(code, event -> true);
  }
}
