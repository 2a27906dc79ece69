package dev.sallyport.audit;

import dev.sallyport.model.Parsed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a process that forgets a target's host keys tells of it.
 *
 * @param behalf on whose behalf, as {@code sudo} says: the operator's own word
 * @param target whose keys they were, with its port
 * @param keys the entries of known_hosts, for people; of very many the first
 */
public record SpooledForgetting(
    Instant at, Optional<String> behalf, String target, List<String> keys) implements Spooled {
  static final String ACT = "target-keys-forgotten";

  /** So that the file is not larger than {@link Spooled#LARGEST}: a host has a key of each type. */
  private static final int MOST = 16;

  public SpooledForgetting {
    keys = List.copyOf(keys);
  }

  @Override
  public byte[] encode() {
    ObjectNode json = SafeJson.MAPPER.createObjectNode();
    json.put("act", ACT);
    json.put("time", at.toEpochMilli());
    behalf.ifPresent(whose -> json.put("behalf", SafeJson.name(whose)));
    json.put("target", SafeJson.name(target));
    ArrayNode array = json.putArray("keys");
    keys.stream().limit(MOST).forEach(key -> array.add(SafeJson.name(key)));
    return SafeJson.MAPPER.writeValueAsBytes(json);
  }

  static Parsed<Spooled> parse(JsonNode json) {
    if (!json.path("time").canConvertToLong()
        || !json.path("target").isString()
        || !json.path("keys").isArray()) {
      return Spooled.malformed();
    }
    List<String> keys = new ArrayList<>();
    json.path("keys").forEach(key -> keys.add(key.asString("")));
    return new Parsed.Valid<>(
        new SpooledForgetting(
            Instant.ofEpochMilli(json.path("time").longValue()),
            json.path("behalf").asStringOpt(),
            json.path("target").stringValue(),
            keys));
  }

  @Override
  public AuditEvent by(String operator) {
    return new AuditEvent.TargetKeysForgotten(at, operator, behalf, target, keys);
  }
}
