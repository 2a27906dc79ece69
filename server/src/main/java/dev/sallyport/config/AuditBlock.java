package dev.sallyport.config;

import dev.sallyport.audit.AuditSettings;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code sallyport.audit}. */
final class AuditBlock {
  private static final Duration LONGEST = Duration.ofDays(36_500);

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
                otherwise.summaryInterval()),
            days(block, "max-age", otherwise.maxAge()),
            days(block, "compress-after", otherwise.compressAfter()),
            block.number("disk-warning", 1, 100, otherwise.diskWarning()));
    block.end();
    return settings;
  }

  /** Files are compressed and removed by the day, so less than a day has no meaning. */
  private static Duration days(Block block, String key, Duration otherwise) {
    Duration age = block.duration(key, Duration.ZERO, LONGEST, otherwise);
    if (!age.isZero() && age.compareTo(Duration.ofDays(1)) < 0) {
      block.error(key, "must be \"0 s\", or \"1 d\" at least");
    }
    return age;
  }

  static Map<String, Object> print(AuditSettings settings) {
    Map<String, Object> block = new LinkedHashMap<>();
    block.put("strangers-per-minute", settings.strangersPerMinute());
    block.put("summary-interval", DurationText.of(settings.summaryInterval()));
    block.put("max-age", DurationText.of(settings.maxAge()));
    block.put("compress-after", DurationText.of(settings.compressAfter()));
    block.put("disk-warning", settings.diskWarning());
    return block;
  }
}
