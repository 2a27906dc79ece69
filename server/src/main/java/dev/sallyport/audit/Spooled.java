package dev.sallyport.audit;

import dev.sallyport.audit.AuditEvent.SecondFactorChanged;
import dev.sallyport.audit.AuditEvent.SecondFactorChanged.Change;
import dev.sallyport.model.Parsed;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a process of the operator tells of what it does ({@link AuditSpool}), as one object of JSON.
 * Who does it is not in it: that is the file's owner.
 *
 * @param behalf on whose behalf, as {@code sudo} says: the operator's own word
 */
public record Spooled(Instant at, Optional<String> behalf, Act act) {
  /** A file of the spool is no longer: its texts are bounded. */
  static final int LARGEST = 16 * 1024;

  private static final String READ = "recording-read";
  private static final String SECOND_FACTOR = "second-factor-changed";

  /** What is done. */
  public sealed interface Act {}

  /**
   * A recording is read.
   *
   * @param id the recording's
   * @param path the recording's folder
   * @param how such as {@code play}
   */
  public record Read(String id, String path, String how) implements Act {}

  /**
   * A user is given a second factor, or it is taken away.
   *
   * @param user whose factor it is
   * @param plugin the type of the plugin
   */
  public record SecondFactor(String user, String plugin, Change change) implements Act {}

  /** For the spool's file; not longer than {@link #LARGEST}. */
  byte[] encode() {
    ObjectNode json = SafeJson.MAPPER.createObjectNode();
    json.put("time", at.toEpochMilli());
    behalf.ifPresent(whose -> json.put("behalf", SafeJson.name(whose)));
    switch (act) {
      case Read(String id, String path, String how) -> {
        json.put("act", READ);
        json.put("id", SafeJson.bounded(id));
        json.put("path", SafeJson.bounded(path));
        json.put("how", SafeJson.bounded(how));
      }
      case SecondFactor(String user, String plugin, Change change) -> {
        json.put("act", SECOND_FACTOR);
        json.put("user", SafeJson.name(user));
        json.put("plugin", SafeJson.name(plugin));
        json.put("change", change.name());
      }
    }
    return SafeJson.MAPPER.writeValueAsBytes(json);
  }

  /** The event, once it is known who told it. */
  AuditEvent by(String operator) {
    return switch (act) {
      case Read(String id, String path, String how) ->
          new RecordingEvent.RecordingRead(at, operator, behalf, id, path, how);
      case SecondFactor(String user, String plugin, Change change) ->
          new SecondFactorChanged(at, operator, behalf, user, plugin, change);
    };
  }

  /** Reads what {@link #encode} wrote. */
  static Parsed<Spooled> parse(byte[] bytes) {
    try {
      JsonNode json = SafeJson.MAPPER.readTree(bytes);
      Optional<Act> act = act(json);
      if (act.isEmpty() || !json.path("time").canConvertToLong()) {
        // Of another version, or of nobody.
        return new Parsed.Malformed<>("is no act that this version knows");
      }
      return new Parsed.Valid<>(
          new Spooled(
              Instant.ofEpochMilli(json.path("time").longValue()),
              json.path("behalf").asStringOpt(),
              act.get()));
    } catch (JacksonException notJson) {
      return new Parsed.Malformed<>("is not JSON");
    }
  }

  private static Optional<Act> act(JsonNode json) {
    return switch (json.path("act").asString("")) {
      case READ ->
          areStrings(json, "id", "path", "how")
              ? Optional.of(
                  new Read(
                      json.path("id").stringValue(),
                      json.path("path").stringValue(),
                      json.path("how").stringValue()))
              : Optional.empty();
      case SECOND_FACTOR ->
          areStrings(json, "user", "plugin")
              ? Arrays.stream(Change.values())
                  .filter(one -> one.name().equals(json.path("change").asString("")))
                  .findFirst()
                  .map(change ->
                      new SecondFactor(
                          json.path("user").stringValue(),
                          json.path("plugin").stringValue(),
                          change))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static boolean areStrings(JsonNode json, String... names) {
    return Arrays.stream(names).allMatch(name -> json.path(name).isString());
  }
}
