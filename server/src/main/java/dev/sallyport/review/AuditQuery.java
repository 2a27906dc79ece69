package dev.sallyport.review;

import dev.sallyport.audit.SafeJson;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A filter for events of the audit log; empty fields match all. Immutable.
 *
 * @param user the exact name of the user who caused an event or whom it concerns
 * @param target the requested or dialled target
 * @param id the beginning of the id of a connection, a forward, or a session and its recording
 * @param since matches events at that time or later
 * @param until matches events before that time
 */
public record AuditQuery(
    Optional<String> user,
    Optional<WantedTarget> target,
    Optional<String> id,
    Optional<Instant> since,
    Optional<Instant> until) {
  /** Every event. */
  public static final AuditQuery ALL =
      new AuditQuery(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /**
   * Whether a line matches. A line that is no event always matches, so that every search shows it.
   */
  boolean matches(String line) {
    try {
      JsonNode event = SafeJson.MAPPER.readTree(line);
      return !event.path("time").isIntegralNumber() || matches(event);
    } catch (JacksonException broken) {
      return true;
    }
  }

  private boolean matches(JsonNode event) {
    long time = event.path("time").asLong(0);
    return since.map(first -> time >= first.toEpochMilli()).orElse(true)
        && until.map(end -> time < end.toEpochMilli()).orElse(true)
        && user.map(name -> texts(event, "/actor/user/name", "/user/name").anyMatch(name::equals))
            .orElse(true)
        && id.map(beginning ->
                texts(event, "/metadata/correlation_uid", "/connection_info/uid", "/connection_uid")
                    .anyMatch(one -> one.startsWith(beginning)))
            .orElse(true)
        && target.map(wanted -> isTarget(event, wanted)).orElse(true);
  }

  private static Stream<String> texts(JsonNode event, String... pointers) {
    return Stream.of(pointers)
        .map(pointer -> event.at(pointer).asString(""))
        .filter(text -> !text.isEmpty());
  }

  private static boolean isTarget(JsonNode event, WantedTarget wanted) {
    return wanted.matches(
        Stream.concat(
            texts(event, "/dst_endpoint/hostname", "/dst_endpoint/ip", "/unmapped/target_host"),
            texts(event, "/unmapped/address").map(address -> WantedTarget.parse(address).host())),
        texts(event, "/dst_endpoint/port", "/unmapped/requested_port", "/unmapped/target_port"));
  }

  /**
   * Whether the file of a day (UTC) can contain a match. An event may be written later than it
   * happened, if the disk was full.
   */
  boolean mayBeIn(LocalDate day) {
    return since
        .map(first -> !day.isBefore(LocalDate.ofInstant(first, ZoneOffset.UTC).minusDays(1)))
        .orElse(true);
  }
}
