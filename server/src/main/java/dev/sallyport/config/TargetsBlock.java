package dev.sallyport.config;

import dev.sallyport.gateway.outbound.TargetSettings;
import dev.sallyport.gateway.outbound.TargetSettings.UnknownHosts;
import dev.sallyport.model.Parsed;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** {@code sallyport.targets}: how targets are verified. */
final class TargetsBlock {
  private TargetsBlock() {}

  static TargetSettings read(Block block) {
    TargetSettings otherwise = TargetSettings.DEFAULT;
    TargetSettings settings =
        new TargetSettings(
            block.parsedList("known-hosts-files", Paths::absolute),
            block.parsedList("host-cas", Paths::absolute),
            block.parsed("unknown-hosts", TargetsBlock::unknownHosts, otherwise.unknownHosts()));
    block.end();
    return settings;
  }

  private static Parsed<UnknownHosts> unknownHosts(String text) {
    for (UnknownHosts one : UnknownHosts.values()) {
      if (text.equals(name(one))) {
        return new Parsed.Valid<>(one);
      }
    }
    return new Parsed.Malformed<>("must be \"accept-new\" or \"refuse\"");
  }

  private static String name(UnknownHosts unknownHosts) {
    return unknownHosts.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Map<String, Object> print(TargetSettings settings) {
    Map<String, Object> block = new LinkedHashMap<>();
    block.put(
        "known-hosts-files", settings.knownHostsFiles().stream().map(Path::toString).toList());
    block.put("host-cas", settings.hostCas().stream().map(Path::toString).toList());
    block.put("unknown-hosts", name(settings.unknownHosts()));
    return block;
  }
}
