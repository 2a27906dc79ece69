package dev.sallyport.audit;

import dev.sallyport.audit.AuditEvent.SecondFactorChanged;
import dev.sallyport.audit.AuditEvent.SecondFactorChanged.Change;
import dev.sallyport.model.Parsed;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a process that gives a user a second factor, or takes it away, tells of it.
 *
 * @param behalf on whose behalf, as {@code sudo} says: the operator's own word
 * @param user whose factor it is
 * @param plugin the type of the plugin
 */
public record SpooledSecondFactor(
    Instant at, Optional<String> behalf, String user, String plugin, Change change)
    implements Spooled {
  static final String ACT = "second-factor-changed";

  @Override
  public byte[] encode() {
    ObjectNode json = SafeJson.MAPPER.createObjectNode();
    json.put("act", ACT);
    json.put("time", at.toEpochMilli());
    behalf.ifPresent(whose -> json.put("behalf", SafeJson.name(whose)));
    json.put("user", SafeJson.name(user));
    json.put("plugin", SafeJson.name(plugin));
    json.put("change", change.name());
    return SafeJson.MAPPER.writeValueAsBytes(json);
  }

  static Parsed<Spooled> parse(JsonNode json) {
    Optional<Change> change =
        Arrays.stream(Change.values())
            .filter(one -> one.name().equals(json.path("change").asString("")))
            .findFirst();
    if (change.isEmpty()
        || !json.path("time").canConvertToLong()
        || !json.path("user").isString()
        || !json.path("plugin").isString()) {
      return Spooled.malformed();
    }
    return new Parsed.Valid<>(
        new SpooledSecondFactor(
            Instant.ofEpochMilli(json.path("time").longValue()),
            json.path("behalf").asStringOpt(),
            json.path("user").stringValue(),
            json.path("plugin").stringValue(),
            change.get()));
  }

  @Override
  public AuditEvent by(String operator) {
    return new SecondFactorChanged(at, operator, behalf, user, plugin, change);
  }
}
