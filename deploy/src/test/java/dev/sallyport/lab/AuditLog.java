package dev.sallyport.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an audit log says at one time.
 *
 * @param events all of it, in the order written
 */
record AuditLog(List<Event> events) {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** Reads JSON lines; a line that is none is an error. */
  static AuditLog parse(String text) {
    return new AuditLog(text.lines().map(line -> new Event(JSON.readTree(line))).toList());
  }

  /** The events of a kind. */
  Stream<Event> of(String code) {
    return events.stream().filter(event -> event.code().equals(code));
  }

  /** What was written after the event with this sequence. */
  AuditLog after(long sequence) {
    return new AuditLog(events.stream().filter(event -> event.sequence() > sequence).toList());
  }

  /** What belongs to a connection. */
  AuditLog ofConnection(String connection) {
    return new AuditLog(
        events.stream().filter(event -> event.connection().equals(connection)).toList());
  }

  Optional<Event> first(String code, Predicate<Event> which) {
    return of(code).filter(which).findFirst();
  }

  /** The sequence of the last event, 0 in an empty log. */
  long lastSequence() {
    return events.isEmpty() ? 0 : events.getLast().sequence();
  }

  /** Fails where a sequence is missing or told twice. */
  void hasNoGaps() {
    List<Long> sequences = events.stream().map(Event::sequence).toList();
    List<Long> expected =
        IntStream.range(0, sequences.size()).mapToObj(i -> sequences.getFirst() + i).toList();
    assertThat(sequences).isEqualTo(expected);
  }

  /** One line. */
  record Event(JsonNode json) {
    String code() {
      return at("/metadata/event_code");
    }

    long sequence() {
      return json.at("/metadata/sequence").asLong();
    }

    /** The connection's id; empty where the event belongs to none. */
    String connection() {
      return at("/metadata/correlation_uid");
    }

    /** The forward's or session's id; empty where the event belongs to none. */
    String uid() {
      return at("/connection_info/uid");
    }

    /** What ran on the target; empty for a shell. */
    String command() {
      return at("/unmapped/command");
    }

    /** The user of a connection or of an authentication. */
    String user() {
      return at("/actor/user/name") + at("/user/name");
    }

    String source() {
      return at("/src_endpoint/ip");
    }

    String targetHost() {
      return at("/dst_endpoint/hostname");
    }

    String targetAddress() {
      return at("/dst_endpoint/ip");
    }

    int targetPort() {
      return json.at("/dst_endpoint/port").asInt(-1);
    }

    /** The rule or denial that decided. */
    String rule() {
      return at("/firewall_rule/name");
    }

    boolean allowed() {
      return json.at("/action_id").asInt(0) == 1;
    }

    String reason() {
      return at("/status_detail");
    }

    String fingerprint() {
      return at("/unmapped/key_fingerprint");
    }

    long bytesToTarget() {
      return json.at("/traffic/bytes_out").asLong(-1);
    }

    long bytesFromTarget() {
      return json.at("/traffic/bytes_in").asLong(-1);
    }

    /** The text at a JSON pointer; empty where there is none. */
    String at(String pointer) {
      return json.at(pointer).asString("");
    }

    @Override
    public String toString() {
      return json.toString();
    }
  }
}
