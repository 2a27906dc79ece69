package dev.sallyport.audit;

import dev.sallyport.model.SafeText;
import dev.sallyport.model.TimeText;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * One line of the log as a person reads it: {@code 2026-11-22T17:03:21+01:00 alice opened
 * 10.0.2.15:22 for web-ssh from 203.0.113.7 [1a2b3c4d/5e6f7a8b]}: the time, the event's {@code
 * message}, and its mark. All lines of one connection, its login included, have the same mark, the
 * beginning of the connection's id; what a forward does, or a session on a target and its
 * recording, has its own behind it. One line, printable ASCII, whatever the log holds. Immutable;
 * for all threads.
 */
public final class ReadableLine {
  private static final int MARK = 8;

  /** Longer than any sentence of ours; another program's line is cut there. */
  private static final int LONGEST_MESSAGE = 16 * 1024;

  private final TimeText time;

  /**
   * @param zone in which times are shown
   */
  public ReadableLine(ZoneId zone) {
    this.time = new TimeText(zone);
  }

  /** Never throws: what is no event of ours is shown as it is, escaped. */
  public String of(String json) {
    try {
      JsonNode event = SafeJson.MAPPER.readTree(json);
      if (event.path("time").isIntegralNumber()) {
        return time.of(Instant.ofEpochMilli(event.path("time").longValue()))
            + " "
            + message(event)
            + mark(event);
      }
    } catch (JacksonException | DateTimeException notOurs) {
      // Falls through to the same words as JSON that is no event.
    }
    return "not an audit event: " + SafeText.escape(json, EventText.SHOWN);
  }

  /** An event of an older version has no message. */
  private static String message(JsonNode event) {
    String message = event.path("message").asString("");
    return SafeText.escapeName(message.isEmpty() ? oldEvent(event) : message, LONGEST_MESSAGE);
  }

  private static String oldEvent(JsonNode event) {
    return Stream.of(
            event.path("metadata").path("event_code"),
            event.path("actor").path("user").path("name"),
            event.path("user").path("name"),
            event.path("dst_endpoint").path("hostname"),
            event.path("status_detail"))
        .map(part -> part.asString(""))
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(" "));
  }

  /** {@code [connection/forward or session]}, as far as the event belongs to them. */
  private static String mark(JsonNode event) {
    String connection = text(event.path("metadata").path("correlation_uid"));
    String onWire = text(event.path("connection_info").path("uid"));
    String part = onWire.isEmpty() ? text(event.path("connection_uid")) : onWire;
    String mark =
        Stream.of(connection, part.equals(connection) ? "" : part)
            .filter(id -> !id.isEmpty())
            .map(id -> id.substring(0, Math.min(MARK, id.length())))
            .collect(Collectors.joining("/"));
    return mark.isEmpty() ? "" : " [" + mark + "]";
  }

  private static String text(JsonNode node) {
    return SafeText.escape(node.asString(""), EventText.SHOWN);
  }
}
