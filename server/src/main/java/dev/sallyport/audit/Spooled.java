package dev.sallyport.audit;

import dev.sallyport.model.Parsed;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What a process of the operator tells of what it does ({@link AuditSpool}), as one object of JSON.
 * Who does it is not in it: that is the file's owner.
 */
public sealed interface Spooled permits SpooledRead, SpooledSecondFactor, SpooledForgetting {
  /** A file of the spool is no longer: its texts are bounded. */
  int LARGEST = 16 * 1024;

  /** For the spool's file; not longer than {@link #LARGEST}. */
  byte[] encode();

  /** The event, once it is known who told it. */
  AuditEvent by(String operator);

  /** Reads what {@link #encode} wrote. */
  static Parsed<Spooled> parse(byte[] bytes) {
    try {
      JsonNode json = SafeJson.MAPPER.readTree(bytes);
      return switch (json.path("act").asString("")) {
        case SpooledRead.ACT -> SpooledRead.parse(json);
        case SpooledSecondFactor.ACT -> SpooledSecondFactor.parse(json);
        case SpooledForgetting.ACT -> SpooledForgetting.parse(json);
        default -> malformed();
      };
    } catch (JacksonException notJson) {
      return new Parsed.Malformed<>("is not JSON");
    }
  }

  /** Of another version, or of nobody. */
  static Parsed<Spooled> malformed() {
    return new Parsed.Malformed<>("is no act that this version knows");
  }
}
