package dev.sallyport.audit;

import static dev.sallyport.audit.EventText.because;
import static dev.sallyport.audit.EventText.bytes;
import static dev.sallyport.audit.EventText.duration;
import static dev.sallyport.audit.EventText.list;
import static dev.sallyport.audit.EventText.number;
import static dev.sallyport.audit.EventText.rule;
import static dev.sallyport.audit.EventText.source;
import static dev.sallyport.audit.EventText.target;
import static dev.sallyport.audit.EventText.text;
import static dev.sallyport.audit.EventText.used;
import static dev.sallyport.audit.EventText.user;
import static dev.sallyport.audit.RecordingSentence.operator;

import dev.sallyport.model.SafeText;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * One line of the log as a person reads it: {@code 2026-11-22 17:03:21 alice opened 10.0.2.15:22
 * for web-ssh from 203.0.113.7 [1a2b3c4d/5e6f7a8b]}. All lines of one connection, its login
 * included, have the same mark, the beginning of the connection's id; what a forward does, or a
 * session on a target and its recording, has its own behind it. One line, printable ASCII, whatever
 * the log holds. Immutable; for all threads.
 */
public final class ReadableLine {
  private static final int MARK = 8;

  /** Offered keys that are named beside the first. */
  private static final int OFFERS = 3;

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
    return "not an audit event: " + SafeText.escape(json, EventText.SHOWN);
  }

  /** {@code [connection/forward or session]}, as far as the event belongs to them. */
  private static String mark(JsonNode event) {
    String connection = text(event, "metadata", "correlation_uid");
    String onWire = text(event, "connection_info", "uid");
    String part = onWire.isEmpty() ? text(event, "connection_uid") : onWire;
    String mark =
        Stream.of(connection, part.equals(connection) ? "" : part)
            .filter(id -> !id.isEmpty())
            .map(id -> id.substring(0, Math.min(MARK, id.length())))
            .collect(Collectors.joining("/"));
    return mark.isEmpty() ? "" : " [" + mark + "]";
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
      case "configuration-reloaded" ->
          "configuration %s took effect while running (SHA-256 %s), %s%s"
              .formatted(
                  text(event, "unmapped", "file"),
                  text(event, "unmapped", "sha256"),
                  changed(event),
                  needRestart(event));
      case "configuration-refused" ->
          "configuration %s was refused, and the one before goes on: %d errors%s"
              .formatted(
                  text(event, "unmapped", "file"),
                  number(event, "unmapped", "errors_count"),
                  some(event.path("unmapped").path("errors")));
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
      case "log-file-compressed" ->
          "the audit log's file %s was compressed, %s to %s, events %s"
              .formatted(
                  text(event, "file", "path"),
                  bytes(number(event, "file", "size")),
                  bytes(number(event, "file_result", "size")),
                  span(event.path("unmapped")));
      case "log-file-removed" ->
          "the audit log's file %s was removed, %s, events %s%s"
              .formatted(
                  text(event, "file", "path"),
                  bytes(number(event, "file", "size")),
                  span(event.path("unmapped")),
                  because(event));
      case "disk-space" -> disk(event.path("unmapped"));
      case "known-hosts-changed" ->
          "the known host keys of targets changed: %d added%s, %d removed%s"
              .formatted(
                  number(event, "unmapped", "added_count"),
                  some(event.path("unmapped").path("added")),
                  number(event, "unmapped", "removed_count"),
                  some(event.path("unmapped").path("removed")));
      case "target-keys-forgotten" ->
          "%s had the host keys of %s forgotten%s"
              .formatted(
                  operator(event),
                  text(event, "unmapped", "target"),
                  some(event.path("unmapped").path("keys")));
      case "second-factor-changed" ->
          "%s %s %s by the plugin %s"
              .formatted(
                  operator(event),
                  number(event, "activity_id") == 10
                      ? "gave a second factor to"
                      : "took the second factor away from",
                  text(event, "user", "name"),
                  text(event, "unmapped", "plugin"));
      case "memory-refused" ->
          "%s was refused memory: %d bytes are held, the share is %d, and all users hold %d of %d"
              .formatted(
                  user(event),
                  number(event, "unmapped", "held"),
                  number(event, "unmapped", "share"),
                  number(event, "unmapped", "held_by_all"),
                  number(event, "unmapped", "total"));
      case "noise-summary" -> noise(event);
      case "penalty-began" ->
          "%s is turned away for %s: it %s"
              .formatted(
                  text(event, "unmapped", "source"),
                  duration(number(event, "duration")),
                  text(event, "status_detail"));
      case "penalty-ended" ->
          "%s is turned away no more after %s, %d connections were%s"
              .formatted(
                  text(event, "unmapped", "source"),
                  duration(number(event, "end_time") - number(event, "start_time")),
                  number(event, "unmapped", "turned_away"),
                  because(event));
      case "connection-opened" -> source(event) + " connected" + via(event);
      case "connection-closed" ->
          who(event) + source(event) + " disconnected after " + used(event) + because(event);
      case "authentication-succeeded" ->
          "%s logged in from %s with %s"
              .formatted(text(event, "user", "name"), source(event), evidence(event));
      case "authentication-failed" ->
          "%s failed to log in from %s with %s%s%s"
              .formatted(
                  text(event, "user", "name"),
                  source(event),
                  evidence(event),
                  because(event),
                  otherOffers(event));
      case "connection-revoked" ->
          "%s lost the right to be connected from %s%s"
              .formatted(user(event), source(event), because(event));
      case "request-refused" ->
          "%s was refused %s from %s%s"
              .formatted(user(event), request(event), source(event), because(event));
      case "forward-opened" ->
          "%s opened %s for %s from %s%s"
              .formatted(user(event), target(event), rule(event), source(event), record(event));
      case "forward-refused" ->
          "%s was refused %s (%s) from %s%s"
              .formatted(user(event), target(event), rule(event), source(event), because(event));
      case "forward-failed" ->
          "%s could not reach %s for %s from %s%s"
              .formatted(user(event), target(event), rule(event), source(event), because(event));
      case "forward-closed" ->
          "%s closed %s after %s%s%s"
              .formatted(user(event), target(event), used(event), protocol(event), because(event));
      default ->
          SessionSentence.of(code, event)
              .or(() -> RecordingSentence.of(code, event))
              .orElseGet(() ->
                  "%s %s"
                      .formatted(text(event, "class_name"), text(event, "activity_name"))
                      .strip());
    };
  }

  private static String span(JsonNode unmapped) {
    return number(unmapped, "first_sequence") + " to " + number(unmapped, "last_sequence");
  }

  private static String disk(JsonNode unmapped) {
    return "the file system of %s %s: %d %% of it are used, and %s are free"
        .formatted(
            text(unmapped, "path"),
            unmapped.path("low").booleanValue(false) ? "is nearly full" : "has room again",
            number(unmapped, "percent"),
            bytes(number(unmapped, "free_bytes")));
  }

  private static String noise(JsonNode event) {
    JsonNode counts = event.path("unmapped");
    String sources =
        counts
            .path("sources")
            .valueStream()
            .map(source -> text(source, "source") + " (" + number(source, "count") + ")")
            .collect(Collectors.joining(", "));
    return "strangers within %s: %d connections, %d of them turned away (%d for a penalty), %d more penalties and %d failed logins, from %s%s"
        .formatted(
            duration(number(event, "end_time") - number(event, "start_time")),
            number(counts, "connections"),
            number(counts, "refused"),
            number(counts, "penalised"),
            number(counts, "penalties"),
            number(counts, "failures"),
            sources,
            counts.path("other_sources").booleanValue(false) ? " and others" : "");
  }

  /** The load balancer that said where the client is. */
  private static String via(JsonNode event) {
    JsonNode balancers = event.path("src_endpoint").path("intermediate_ips");
    return balancers.isEmpty() ? "" : " through the load balancer " + list(balancers);
  }

  /** A forward that is no more than carried needs no word. */
  private static String record(JsonNode event) {
    return text(event, "unmapped", "record").equals("session") ? ", inspected and recorded" : "";
  }

  private static String protocol(JsonNode event) {
    String guess = text(event, "app_protocol_name");
    return guess.isEmpty() ? "" : ", by its first bytes " + guess;
  }

  private static String changed(JsonNode event) {
    long count = number(event, "unmapped", "changed_count");
    return count == 0
        ? "nothing changed"
        : "changed: " + list(event.path("unmapped").path("changed"));
  }

  private static String needRestart(JsonNode event) {
    return number(event, "unmapped", "need_restart_count") == 0
        ? ""
        : "; needs a restart: " + list(event.path("unmapped").path("need_restart"));
  }

  private static String some(JsonNode lines) {
    return lines.isEmpty() ? "" : " (" + list(lines) + ")";
  }

  private static String who(JsonNode event) {
    return event.path("actor").isMissingNode() ? "" : user(event) + " from ";
  }

  private static String request(JsonNode event) {
    String detail = text(event, "unmapped", "request_detail");
    return text(event, "unmapped", "request") + (detail.isEmpty() ? "" : " \"" + detail + "\"");
  }

  /** Keys that were offered besides the one that the sentence is about; the log has all. */
  private static String otherOffers(JsonNode event) {
    List<String> others =
        event
            .path("unmapped")
            .path("offered")
            .valueStream()
            .map(ReadableLine::key)
            .filter(key -> !key.equals(key(event.path("unmapped"))))
            .limit(OFFERS)
            .toList();
    long more = number(event, "unmapped", "offered_count") - 1 - others.size();
    return (others.isEmpty() ? "" : "; also offered " + String.join(", ", others))
        + (more > 0 ? " and %d more".formatted(more) : "");
  }

  private static String key(JsonNode shown) {
    return text(shown, "key_type") + " " + text(shown, "key_fingerprint");
  }

  private static String secondFactor(JsonNode event) {
    String proven = text(event, "unmapped", "second_factor");
    return proven.isEmpty() ? "" : " and " + proven;
  }

  private static String evidence(JsonNode event) {
    String label = text(event, "unmapped", "key_label");
    String plugin = text(event, "unmapped", "plugin");
    String fingerprint = text(event, "unmapped", "key_fingerprint");
    return text(event, "auth_protocol")
        + (fingerprint.isEmpty() ? "" : " " + fingerprint)
        + (label.isEmpty() ? "" : " (" + label + ")")
        + (plugin.isEmpty() ? "" : " by " + plugin)
        + secondFactor(event);
  }
}
