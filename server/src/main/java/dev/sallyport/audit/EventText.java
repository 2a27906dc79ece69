package dev.sallyport.audit;

import dev.sallyport.model.SafeText;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/**
 * The words of which the sentences about events are made. Whatever comes from an event is escaped
 * and bounded here; what is missing is an empty text or zero.
 */
final class EventText {
  /** Longest text of a client that is shown; the log has more. */
  static final int SHOWN = 200;

  /** Longest end of a path that is shown: a name, of 255 bytes at most, and where it is. */
  static final int SHOWN_OF_PATH = 300;

  private EventText() {}

  static String user(JsonNode event) {
    return text(event, "actor", "user", "name");
  }

  static String rule(JsonNode event) {
    return text(event, "firewall_rule", "name");
  }

  static String source(JsonNode event) {
    return text(event, "src_endpoint", "ip");
  }

  /** As the client asked for it, and the address dialled where that says more. */
  static String target(JsonNode event) {
    String asked = text(event, "dst_endpoint", "hostname");
    String dialled = text(event, "dst_endpoint", "ip");
    JsonNode destination = event.path("dst_endpoint");
    long port =
        destination.has("port")
            ? number(destination, "port")
            : number(event, "unmapped", "requested_port");
    String shown = endpoint(asked, port);
    return dialled.isEmpty() || asked.equals(dialled) || asked.indexOf(':') >= 0
        ? shown
        : shown + " (" + dialled + ")";
  }

  static String endpoint(String host, long port) {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }

  static String used(JsonNode event) {
    return "%s, %s sent, %s received"
        .formatted(
            duration(number(event, "duration")),
            bytes(number(event, "traffic", "bytes_out")),
            bytes(number(event, "traffic", "bytes_in")));
  }

  static String because(JsonNode event) {
    String reason = text(event, "status_detail");
    return reason.isEmpty() ? "" : ": " + reason;
  }

  static String text(JsonNode node, String... path) {
    return SafeText.escape(at(node, path).asString(""), SHOWN);
  }

  /** The path of a file: of a long one its end, which says what it is. */
  static String file(JsonNode node, String... path) {
    String whole = at(node, path).asString("");
    int hidden = whole.length() - SHOWN_OF_PATH;
    return hidden <= 0
        ? SafeText.escapeName(whole, SHOWN_OF_PATH)
        : "...%s (%d characters)"
            .formatted(SafeText.escapeName(whole.substring(hidden), SHOWN_OF_PATH), whole.length());
  }

  static long number(JsonNode node, String... path) {
    return at(node, path).asLong(0);
  }

  private static JsonNode at(JsonNode node, String... path) {
    JsonNode at = node;
    for (String name : path) {
      at = at.path(name);
    }
    return at;
  }

  static String duration(long millis) {
    Duration duration = Duration.ofMillis(millis);
    if (duration.toMinutes() < 1) {
      return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }
    return duration.toHours() < 1
        ? "%d min %d s".formatted(duration.toMinutes(), duration.toSecondsPart())
        : "%d h %d min".formatted(duration.toHours(), duration.toMinutesPart());
  }

  static String bytes(long count) {
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

  static String list(JsonNode array) {
    List<String> items =
        array.valueStream().map(item -> SafeText.escape(item.asString(""), SHOWN)).toList();
    return String.join(", ", items);
  }
}
