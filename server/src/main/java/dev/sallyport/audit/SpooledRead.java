package dev.sallyport.audit;

import dev.sallyport.model.Parsed;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a process that reads a recording tells of it, as one object of JSON. Who reads is not in it:
 * that is the file's owner.
 *
 * @param behalf on whose behalf, as {@code sudo} says: the operator's own word
 * @param id the recording's
 * @param path the recording's folder
 * @param how such as {@code play}
 */
public record SpooledRead(Instant at, Optional<String> behalf, String id, String path, String how)
    implements Spooled {
  static final String ACT = "recording-read";

  @Override
  public byte[] encode() {
    ObjectNode json = SafeJson.MAPPER.createObjectNode();
    json.put("act", ACT);
    json.put("time", at.toEpochMilli());
    behalf.ifPresent(user -> json.put("behalf", SafeJson.name(user)));
    json.put("id", SafeJson.bounded(id));
    json.put("path", SafeJson.bounded(path));
    json.put("how", SafeJson.bounded(how));
    return SafeJson.MAPPER.writeValueAsBytes(json);
  }

  static Parsed<Spooled> parse(JsonNode json) {
    if (!json.path("time").canConvertToLong()
        || !json.path("id").isString()
        || !json.path("path").isString()
        || !json.path("how").isString()) {
      return Spooled.malformed();
    }
    return new Parsed.Valid<>(
        new SpooledRead(
            Instant.ofEpochMilli(json.path("time").longValue()),
            json.path("behalf").asStringOpt(),
            json.path("id").stringValue(),
            json.path("path").stringValue(),
            json.path("how").stringValue()));
  }

  @Override
  public AuditEvent by(String operator) {
    return new RecordingEvent.RecordingRead(at, operator, behalf, id, path, how);
  }
}
