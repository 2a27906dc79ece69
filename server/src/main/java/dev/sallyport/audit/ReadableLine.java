package dev.sallyport.audit;

import dev.sallyport.model.SafeText;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * One line of the log as a person reads it: {@code 2026-11-22 17:03:21 alice opened 10.0.2.15:22
 * for web-ssh from 203.0.113.7 [1a2b3c4d]}; the same mark stands on all lines of a forward, or of a
 * connection. One line, printable ASCII, whatever the log holds. Immutable; for all threads.
 */
public final class ReadableLine {
  /** Longest text of a client that is shown; the log has more. */
  private static final int SHOWN = 200;

  private static final int MARK = 8;

  private final DateTimeFormatter time;

  /**
   * @param zone in which times are shown
   */
  public ReadableLine(ZoneId zone) {
    this.time = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(zone);
  }

  /** Never throws: what is no event of ours is shown as it is, escaped. */
  public String of(String json) {
    try {
      JsonNode event = SafeJson.MAPPER.readTree(json);
      if (event.path("time").isIntegralNumber()) {
        return time.format(Instant.ofEpochMilli(event.path("time").longValue()))
            + " "
            + sentence(event)
            + mark(event);
      }
    } catch (JacksonException | java.time.DateTimeException notOurs) {
      // Falls through to the same words as JSON that is no event.
    }
    return "not an audit event: " + SafeText.escape(json, SHOWN);
  }

  /** The beginning of a forward's or connection's id: tells which close belongs to which open. */
  private static String mark(JsonNode event) {
    String id = text(event, "connection_info", "uid");
    return id.isEmpty() ? "" : " [" + id.substring(0, Math.min(MARK, id.length())) + "]";
  }

  private static String sentence(JsonNode event) {
    String code = text(event, "metadata", "event_code");
    return switch (code) {
      case "server-started" ->
          "Sallyport "
              + text(event, "app", "version")
              + " started and listens on "
              + list(event.path("unmapped").path("listen"));
      case "server-stopped" -> "Sallyport stopped" + because(event);
      case "run-ended-abruptly" -> "Sallyport was killed" + because(event);
      case "configuration-loaded" ->
          "configuration %s took effect (SHA-256 %s)"
              .formatted(text(event, "unmapped", "file"), text(event, "unmapped", "sha256"));
      case "log-repaired" ->
          "the audit log %s ended in the middle of a line: %d bytes set aside in %s"
              .formatted(
                  text(event, "unmapped", "file"),
                  number(event, "unmapped", "bytes"),
                  text(event, "unmapped", "aside"));
      case "log-recovered" ->
          "the audit log can be written again after %s, %d events lost%s"
              .formatted(
                  duration(number(event, "end_time") - number(event, "start_time")),
                  number(event, "unmapped", "lost"),
                  because(event));
      case "noise-summary" -> noise(event);
      case "connection-opened" -> source(event) + " connected";
      case "connection-closed" ->
          who(event) + source(event) + " disconnected after " + used(event) + because(event);
      case "authentication-succeeded" ->
          "%s logged in from %s with %s"
              .formatted(text(event, "user", "name"), source(event), evidence(event));
      case "authentication-failed" ->
          "%s failed to log in from %s with %s%s"
              .formatted(
                  text(event, "user", "name"), source(event), evidence(event), because(event));
      case "request-refused" ->
          "%s was refused %s from %s%s"
              .formatted(user(event), request(event), source(event), because(event));
      case "forward-opened" ->
          "%s opened %s for %s from %s"
              .formatted(user(event), target(event), rule(event), source(event));
      case "forward-refused" ->
          "%s was refused %s (%s) from %s%s"
              .formatted(user(event), target(event), rule(event), source(event), because(event));
      case "forward-failed" ->
          "%s could not reach %s for %s from %s%s"
              .formatted(user(event), target(event), rule(event), source(event), because(event));
      case "forward-closed" ->
          "%s closed %s after %s%s"
              .formatted(user(event), target(event), used(event), because(event));
      default -> "%s %s".formatted(text(event, "class_name"), text(event, "activity_name")).strip();
    };
  }

  private static String noise(JsonNode event) {
    JsonNode counts = event.path("unmapped");
    String sources =
        counts
            .path("sources")
            .valueStream()
            .map(source -> text(source, "source") + " (" + number(source, "count") + ")")
            .collect(Collectors.joining(", "));
    return "strangers within %s: %d connections, %d of them turned away, and %d failed logins, from %s%s"
        .formatted(
            duration(number(event, "end_time") - number(event, "start_time")),
            number(counts, "connections"),
            number(counts, "refused"),
            number(counts, "failures"),
            sources,
            counts.path("other_sources").booleanValue(false) ? " and others" : "");
  }

  private static String user(JsonNode event) {
    return text(event, "actor", "user", "name");
  }

  private static String who(JsonNode event) {
    return event.path("actor").isMissingNode() ? "" : user(event) + " from ";
  }

  private static String rule(JsonNode event) {
    return text(event, "firewall_rule", "name");
  }

  private static String source(JsonNode event) {
    return text(event, "src_endpoint", "ip");
  }

  /** As the client asked for it, and the address dialled where that says more. */
  private static String target(JsonNode event) {
    String asked = text(event, "dst_endpoint", "hostname");
    String dialled = text(event, "dst_endpoint", "ip");
    JsonNode destination = event.path("dst_endpoint");
    long port =
        destination.has("port")
            ? number(destination, "port")
            : number(event, "unmapped", "requested_port");
    String shown = (asked.indexOf(':') >= 0 ? "[" + asked + "]" : asked) + ":" + port;
    return dialled.isEmpty() || asked.equals(dialled) || asked.indexOf(':') >= 0
        ? shown
        : shown + " (" + dialled + ")";
  }

  private static String request(JsonNode event) {
    String detail = text(event, "unmapped", "request_detail");
    return text(event, "unmapped", "request") + (detail.isEmpty() ? "" : " \"" + detail + "\"");
  }

  private static String evidence(JsonNode event) {
    String label = text(event, "unmapped", "key_label");
    String plugin = text(event, "unmapped", "plugin");
    String fingerprint = text(event, "unmapped", "key_fingerprint");
    return text(event, "auth_protocol")
        + (fingerprint.isEmpty() ? "" : " " + fingerprint)
        + (label.isEmpty() ? "" : " (" + label + ")")
        + (plugin.isEmpty() ? "" : " by " + plugin);
  }

  private static String used(JsonNode event) {
    return "%s, %s sent, %s received"
        .formatted(
            duration(number(event, "duration")),
            bytes(number(event, "traffic", "bytes_out")),
            bytes(number(event, "traffic", "bytes_in")));
  }

  private static String because(JsonNode event) {
    String reason = text(event, "status_detail");
    return reason.isEmpty() ? "" : ": " + reason;
  }

  private static String list(JsonNode array) {
    List<String> items =
        array.valueStream().map(item -> SafeText.escape(item.asString(""), SHOWN)).toList();
    return String.join(", ", items);
  }

  private static String text(JsonNode node, String... path) {
    JsonNode at = node;
    for (String name : path) {
      at = at.path(name);
    }
    return SafeText.escape(at.asString(""), SHOWN);
  }

  private static long number(JsonNode node, String... path) {
    JsonNode at = node;
    for (String name : path) {
      at = at.path(name);
    }
    return at.asLong(0);
  }

  private static String duration(long millis) {
    Duration duration = Duration.ofMillis(millis);
    if (duration.toMinutes() < 1) {
      return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }
    return duration.toHours() < 1
        ? "%d min %d s".formatted(duration.toMinutes(), duration.toSecondsPart())
        : "%d h %d min".formatted(duration.toHours(), duration.toMinutesPart());
  }

  private static String bytes(long count) {
    if (count < 1000) {
      return count + " B";
    }
    double value = count;
    int unit = -1;
    while (value >= 1000 && unit < 4) {
      value /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %sB", value, "kMGTP".charAt(unit));
  }
}
