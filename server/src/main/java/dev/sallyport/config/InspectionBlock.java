package dev.sallyport.config;

import dev.sallyport.gateway.inspect.InspectSettings;
import dev.sallyport.model.Host;
import dev.sallyport.model.Parsed;
import java.util.List;
import java.util.Map;

/** {@code sallyport.inspection}: the inner connections of rules with {@code record = session}. */
final class InspectionBlock {
  private InspectionBlock() {}

  static List<String> read(Block block) {
    List<String> names = block.parsedList("names", InspectionBlock::name);
    if (names.size() > InspectSettings.MOST_NAMES) {
      block.error("names", "has more than " + InspectSettings.MOST_NAMES + " names");
    }
    boolean written = block.has("names");
    block.end();
    return written ? names : InspectSettings.DEFAULT_NAMES;
  }

  private static Parsed<String> name(String text) {
    return switch (Host.parse(text)) {
      case Parsed.Valid<Host>(Host host) -> new Parsed.Valid<>(host.text());
      case Parsed.Malformed<Host> malformed -> malformed.as();
    };
  }

  static Map<String, Object> print(List<String> names) {
    return Map.of("names", names);
  }
}
