package dev.sallyport.config;

import dev.sallyport.audit.SafeJson;
import java.util.Map;

/** Writes a configuration. */
public final class ConfigurationPrinter {
  private ConfigurationPrinter() {}

  /**
   * The configuration as HOCON, with every key, whether it was written or is a default. Reading it
   * again gives an equal configuration, but for {@code file} and {@code sha256}.
   */
  public static String print(Configuration configuration) {
    return HoconPrinter.print(Map.of("sallyport", ServerBlock.print(configuration)));
  }

  /** The same as one line of JSON, which is HOCON too; printable ASCII. */
  public static String json(Configuration configuration) {
    return SafeJson.MAPPER.writeValueAsString(
        Map.of("sallyport", ServerBlock.print(configuration)));
  }
}
