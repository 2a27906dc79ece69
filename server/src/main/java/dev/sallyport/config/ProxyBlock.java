package dev.sallyport.config;

import dev.sallyport.model.IpText;
import dev.sallyport.spi.Cidr;
import dev.sallyport.transport.ProxySettings;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code sallyport.proxy-protocol}: the load balancers that send PROXY headers. */
final class ProxyBlock {
  private ProxyBlock() {}

  static ProxySettings read(Block block) {
    ProxySettings otherwise = ProxySettings.DEFAULT;
    ProxySettings settings =
        new ProxySettings(
            block.parsedList("from", IpText::network),
            block.duration(
                "timeout", Duration.ofMillis(100), Duration.ofMinutes(1), otherwise.timeout()));
    for (Cidr network : settings.from()) {
      if (network.prefix() == 0) {
        block.error("from", "is everybody (" + network + "), who could then claim any address");
      }
    }
    block.end();
    return settings;
  }

  static Map<String, Object> print(ProxySettings settings) {
    Map<String, Object> block = new LinkedHashMap<>();
    block.put("from", settings.from().stream().map(Cidr::toString).toList());
    block.put("timeout", DurationText.of(settings.timeout()));
    return block;
  }
}
