package dev.sallyport.audit;

import dev.sallyport.model.SafeText;
import dev.sallyport.model.Target;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Parts of the sentences about events. What comes from outside is escaped and bounded here. */
final class EventText {
  /** Longest text from outside in a sentence, in characters; the event's attributes have more. */
  static final int SHOWN = 200;

  /** Longest end of a path in a sentence: a name, of 255 bytes at most, and where it is. */
  static final int SHOWN_OF_PATH = 300;

  /** Items of a list in a sentence. */
  private static final int MOST_ITEMS = 8;

  /** What {@link AuditEvent.RunEndedAbruptly} means for a reader of the log. */
  static final String NO_STOP =
      "the previous run wrote no stop, so what was open then has no event of its end";

  private EventText() {}

  static String text(String text) {
    return SafeText.escape(text, SHOWN);
  }

  /** The path of a file: of a long one its end, which says what it is. */
  static String file(String path) {
    int hidden = path.length() - SHOWN_OF_PATH;
    return hidden <= 0
        ? SafeText.escapeName(path, SHOWN_OF_PATH)
        : "...%s (%d characters)"
            .formatted(SafeText.escapeName(path.substring(hidden), SHOWN_OF_PATH), path.length());
  }

  static String source(AuditEvent.Connection connection) {
    return host(connection.source());
  }

  /** The address, or the name where there is none. */
  static String host(InetSocketAddress address) {
    return address.isUnresolved()
        ? text(address.getHostString())
        : OcsfParts.withoutScope(address.getAddress());
  }

  static String target(Target asked) {
    return endpoint(text(asked.host()), asked.port());
  }

  /** As the client asked for it, and the address dialled where that says more. */
  static String target(Target asked, InetSocketAddress dialled) {
    String address = host(dialled);
    return asked.host().equals(address) || asked.host().indexOf(':') >= 0
        ? target(asked)
        : target(asked) + " (" + address + ")";
  }

  private static String endpoint(String host, long port) {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }

  /** Bytes in the client's direction: sent by it, and received. */
  static String used(Duration duration, long sent, long received) {
    return "%s, %s sent, %s received".formatted(duration(duration), bytes(sent), bytes(received));
  }

  static String because(String reason) {
    return reason.isEmpty() ? "" : ": " + text(reason);
  }

  static String duration(Duration duration) {
    if (duration.toMinutes() < 1) {
      return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
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

  /** {@code 1 error}, {@code 2 errors}. */
  static String count(long count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  static String list(List<String> items) {
    String shown =
        String.join(", ", items.stream().limit(MOST_ITEMS).map(EventText::text).toList());
    return items.size() > MOST_ITEMS
        ? shown + " and " + (items.size() - MOST_ITEMS) + " more"
        : shown;
  }

  /** A list in parentheses behind a count. */
  static String inParentheses(List<String> items) {
    return items.isEmpty() ? "" : " (" + list(items) + ")";
  }

  /** Who acted on the bastion itself, and on whose behalf. */
  static String operator(String account, Optional<String> behalf) {
    return text(account) + behalf.map(user -> " for " + text(user)).orElse("");
  }

  /** The sources of a summary, those with the most connections first. */
  static Stream<Map.Entry<String, Long>> busiestFirst(Map<String, Long> sources) {
    return sources.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()));
  }
}
