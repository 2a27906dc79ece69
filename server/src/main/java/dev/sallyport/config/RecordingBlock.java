package dev.sallyport.config;

import dev.sallyport.recording.RecordingSettings;
import dev.sallyport.recording.RecordingSettings.Guarantee;
import dev.sallyport.recording.SizeText;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code sallyport.recording}. */
final class RecordingBlock {
  private static final long MOST_BYTES = 1L << 50;
  private static final long MOST_OUTPUT = 1L << 30;
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private RecordingBlock() {}

  static RecordingSettings read(Block block) {
    RecordingSettings otherwise = RecordingSettings.DEFAULT;
    Duration minAge = block.duration("min-age", Duration.ZERO, LONGEST, otherwise.minAge());
    Duration maxAge = block.duration("max-age", Duration.ZERO, LONGEST, otherwise.maxAge());
    if (RecordingSettings.isTooShort(minAge, maxAge)) {
      block.error(
          "max-age",
          "is shorter than min-age (%s), before which no recording is removed"
              .formatted(DurationText.of(minAge)));
      maxAge = minAge;
    }
    RecordingSettings settings =
        new RecordingSettings(
            block.bytes("reserve", MOST_BYTES, otherwise.reserveBytes()),
            minAge,
            maxAge,
            block.bytes("max-size", MOST_BYTES, otherwise.maxBytes()),
            bound(block, "session-max", otherwise.sessionBytes()),
            bound(block, "user-max", otherwise.userBytes()),
            block.bytes("exec-output", MOST_OUTPUT, otherwise.execOutputBytes()),
            readGuarantee(block));
    block.end();
    return settings;
  }

  private static long bound(Block block, String key, long otherwise) {
    long bytes = block.bytes(key, MOST_BYTES, otherwise);
    if (bytes < RecordingSettings.LEAST) {
      block.error(key, "must be at least " + SizeText.of(RecordingSettings.LEAST));
      return otherwise;
    }
    return bytes;
  }

  private static Guarantee readGuarantee(Block block) {
    String text = block.string("guarantee").orElse("strict");
    return switch (text) {
      case "strict" -> Guarantee.STRICT;
      case "best-effort" -> Guarantee.BEST_EFFORT;
      default -> {
        block.error("guarantee", Block.shown(text) + " must be \"strict\" or \"best-effort\"");
        yield Guarantee.STRICT;
      }
    };
  }

  static Map<String, Object> print(RecordingSettings settings) {
    Map<String, Object> block = new LinkedHashMap<>();
    block.put(
        "guarantee",
        switch (settings.guarantee()) {
          case STRICT -> "strict";
          case BEST_EFFORT -> "best-effort";
        });
    block.put("reserve", settings.reserveBytes() + " B");
    block.put("min-age", DurationText.of(settings.minAge()));
    block.put("max-age", DurationText.of(settings.maxAge()));
    block.put("max-size", settings.maxBytes() + " B");
    block.put("session-max", settings.sessionBytes() + " B");
    block.put("user-max", settings.userBytes() + " B");
    block.put("exec-output", settings.execOutputBytes() + " B");
    return block;
  }
}
