package dev.sallyport.config;

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
}
