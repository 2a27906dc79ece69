package dev.sallyport.config;

import dev.sallyport.auth.RecheckSettings;
import java.util.List;
import java.util.Map;

/**
 * Who may log in ({@code sallyport.auth}).
 *
 * @param methods what a user must pass, in this order, by their SSH names (RFC 4252, section 7; RFC
 *     4256)
 * @param plugins asked in this order; at least one
 * @param recheck how live connections are asked about again
 */
public record AuthSettings(List<String> methods, List<Plugin> plugins, RecheckSettings recheck) {
  public AuthSettings {
    methods = List.copyOf(methods);
    plugins = List.copyOf(plugins);
  }

  /**
   * A plugin as it is configured.
   *
   * @param settings its block without {@code type}
   */
  public record Plugin(String type, Map<String, Object> settings) {
    public Plugin {
      settings = Map.copyOf(settings);
    }
  }
}
