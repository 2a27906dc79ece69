package dev.sallyport.audit;

import dev.sallyport.audit.AuditEvent.SecondFactorChanged;
import dev.sallyport.audit.AuditEvent.SecondFactorChanged.Change;
import dev.sallyport.audit.AuditEvent.TargetKeysForgotten;
import dev.sallyport.model.Parsed;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An event of an operator's command ({@link AuditSpool}), as a JSON object. It does not name the
 * operator, who is the owner of the file.
 *
 * @param behalf the user who called {@code sudo}, as it says; not verified
 */
public record Spooled(Instant at, Optional<String> behalf, Act act) {
  /** Largest file of the spool in bytes; its texts are bounded. */
  static final int LARGEST = 16 * 1024;

  private static final String READ = "recording-read";
  private static final String SECOND_FACTOR = "second-factor-changed";
  private static final String FORGETTING = "target-keys-forgotten";

  /** Most keys that are logged; bounds the file. A host has one of each type. */
  private static final int MOST_KEYS = 16;

  /** The operator's act. */
  public sealed interface Act {}

  /**
   * A recording is read.
   *
   * @param id of the recording
   * @param path of its folder
   * @param how such as {@code play}
   */
  public record Read(String id, String path, String how) implements Act {}

  /**
   * A user's second factor is enrolled or removed.
   *
   * @param user the user's name
   * @param plugin the type of the plugin
   */
  public record SecondFactor(String user, String plugin, Change change) implements Act {}

  /**
   * A target's host keys are removed.
   *
   * @param target the target with its port
   * @param keys the entries of known_hosts as text; only the first if there are very many
   */
  public record Forgetting(String target, List<String> keys) implements Act {
    public Forgetting {
      keys = List.copyOf(keys);
    }
  }

  /** The content of the spool's file, at most {@link #LARGEST} bytes. */
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
      case Forgetting(String target, List<String> keys) -> {
        json.put("act", FORGETTING);
        json.put("target", SafeJson.name(target));
        ArrayNode array = json.putArray("keys");
        keys.stream().limit(MOST_KEYS).forEach(key -> array.add(SafeJson.name(key)));
      }
    }
    return SafeJson.MAPPER.writeValueAsBytes(json);
  }

  /** The event, with the operator who owns the file. */
  AuditEvent by(String operator) {
    return switch (act) {
      case Read(String id, String path, String how) ->
          new RecordingEvent.RecordingRead(at, operator, behalf, id, path, how);
      case SecondFactor(String user, String plugin, Change change) ->
          new SecondFactorChanged(at, operator, behalf, user, plugin, change);
      case Forgetting(String target, List<String> keys) ->
          new TargetKeysForgotten(at, operator, behalf, target, keys);
    };
  }

  /** Parses the result of {@link #encode}. */
  static Parsed<Spooled> parse(byte[] bytes) {
    try {
      JsonNode json = SafeJson.MAPPER.readTree(bytes);
      Optional<Act> act = act(json);
      if (act.isEmpty() || !json.path("time").canConvertToLong()) {
        // Written by another version or another program.
        return new Parsed.Malformed<>("is not an act that this version knows");
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
      case FORGETTING ->
          areStrings(json, "target") && json.path("keys").isArray()
              ? Optional.of(
                  new Forgetting(
                      json.path("target").stringValue(),
                      json.path("keys").valueStream().map(key -> key.asString("")).toList()))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static boolean areStrings(JsonNode json, String... names) {
    return Arrays.stream(names).allMatch(name -> json.path(name).isString());
  }
}
