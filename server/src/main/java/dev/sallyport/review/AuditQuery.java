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
 * Which events of the audit log are wanted; what is empty does not matter. Immutable.
 *
 * @param user who did it or whom it is about, exactly
 * @param target what was asked for or dialled
 * @param id the beginning of the id of a connection, a forward, or a session and its recording
 * @param since those that happened then or later
 * @param until those that happened earlier
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

  /** What is no event may be any, so that every search shows it. */
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
   * Whether the file of a day, by UTC, can have one. An event may be written later than it
   * happened, when the disk was full, and hardly earlier.
   */
  boolean mayBeIn(LocalDate day) {
    return since
        .map(first -> !day.isBefore(LocalDate.ofInstant(first, ZoneOffset.UTC).minusDays(1)))
        .orElse(true);
  }
}
