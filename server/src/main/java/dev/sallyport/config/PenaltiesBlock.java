package dev.sallyport.config;

import dev.sallyport.connection.PenaltySettings;
import dev.sallyport.connection.PenaltySettings.Overflow;
import dev.sallyport.model.IpText;
import dev.sallyport.model.Parsed;
import dev.sallyport.spi.Cidr;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** {@code sallyport.penalties}. */
final class PenaltiesBlock {
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);

  /** At about 150 bytes each, a quarter of the heap for each family. */
  private static final int MOST_SOURCES = 500_000;

  private PenaltiesBlock() {}

  static PenaltySettings read(Block block) {
    PenaltySettings otherwise = PenaltySettings.DEFAULT;
    PenaltySettings settings =
        new PenaltySettings(
            block.bool("enabled", otherwise.enabled()),
            block.duration("authfail", Duration.ZERO, LONGEST, otherwise.authenticationFailed()),
            block.duration("noauth", Duration.ZERO, LONGEST, otherwise.noAuthentication()),
            block.duration("grace-exceeded", Duration.ZERO, LONGEST, otherwise.graceExceeded()),
            block.duration("flood", Duration.ZERO, LONGEST, otherwise.flood()),
            block.duration("max", Duration.ofSeconds(1), DAY, otherwise.max()),
            block.duration("min", Duration.ZERO, LONGEST, otherwise.min()),
            block.number("max-sources4", 1, MOST_SOURCES, otherwise.maxSources4()),
            block.number("max-sources6", 1, MOST_SOURCES, otherwise.maxSources6()),
            block.parsed("overflow", PenaltiesBlock::overflow, otherwise.overflow()),
            block.parsedList("exempt", IpText::network));
    if (settings.min().compareTo(settings.max()) >= 0) {
      block.error(
          "min",
          "is "
              + DurationText.of(settings.min())
              + ", so that no penalty is ever enforced: it must be less than max, which is "
              + DurationText.of(settings.max()));
    }
    block.end();
    return settings;
  }

  private static Parsed<Overflow> overflow(String text) {
    for (Overflow one : Overflow.values()) {
      if (text.equals(name(one))) {
        return new Parsed.Valid<>(one);
      }
    }
    return new Parsed.Malformed<>("must be \"permissive\" or \"deny-all\"");
  }

  private static String name(Overflow overflow) {
    return overflow.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Map<String, Object> print(PenaltySettings settings) {
    Map<String, Object> block = new LinkedHashMap<>();
    block.put("enabled", settings.enabled());
    block.put("authfail", DurationText.of(settings.authenticationFailed()));
    block.put("noauth", DurationText.of(settings.noAuthentication()));
    block.put("grace-exceeded", DurationText.of(settings.graceExceeded()));
    block.put("flood", DurationText.of(settings.flood()));
    block.put("max", DurationText.of(settings.max()));
    block.put("min", DurationText.of(settings.min()));
    block.put("max-sources4", settings.maxSources4());
    block.put("max-sources6", settings.maxSources6());
    block.put("overflow", name(settings.overflow()));
    block.put("exempt", settings.exempt().stream().map(Cidr::toString).toList());
    return block;
  }
}
