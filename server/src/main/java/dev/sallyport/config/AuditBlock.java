package dev.sallyport.config;

import dev.sallyport.audit.AuditSettings;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code sallyport.audit}. */
final class AuditBlock {
  private AuditBlock() {}

  static AuditSettings read(Block block) {
    AuditSettings otherwise = AuditSettings.DEFAULT;
    AuditSettings settings =
        new AuditSettings(
            block.number("strangers-per-minute", 1, 10_000, otherwise.strangersPerMinute()),
            block.duration(
                "summary-interval",
                Duration.ofSeconds(1),
                Duration.ofHours(1),
                otherwise.summaryInterval()));
    block.end();
    return settings;
  }

  static Map<String, Object> print(AuditSettings settings) {
    Map<String, Object> block = new LinkedHashMap<>();
    block.put("strangers-per-minute", settings.strangersPerMinute());
    block.put("summary-interval", DurationText.of(settings.summaryInterval()));
    return block;
  }
}
