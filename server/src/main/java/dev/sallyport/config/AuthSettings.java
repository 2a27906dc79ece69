package dev.sallyport.config;

import dev.sallyport.auth.RecheckSettings;
import dev.sallyport.auth.SecondFactorSettings;
import dev.sallyport.auth.SecondFactorSettings.Demand;
import dev.sallyport.auth.SecondFactorSettings.SecurityKeys;
import dev.sallyport.connection.Banner;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Who may log in ({@code sallyport.auth}).
 *
 * @param methods what a user must pass, in this order, by their SSH names (RFC 4252, section 7; RFC
 *     4256)
 * @param secondFactor of whom keyboard-interactive is demanded, if {@code methods} has it
 * @param securityKeys what FIDO keys must attest to count as a second factor
 * @param pluginJars where plugins are that are not installed; absolute
 * @param plugins asked in this order; at least one
 * @param recheck how live connections are asked about again
 * @param banner what clients are shown before they log in
 */
public record AuthSettings(
    List<String> methods,
    ForWhom secondFactor,
    SecurityKeys securityKeys,
    List<Path> pluginJars,
    List<Plugin> plugins,
    RecheckSettings recheck,
    Banner banner) {
  public AuthSettings {
    methods = List.copyOf(methods);
    pluginJars = List.copyOf(pluginJars);
    plugins = List.copyOf(plugins);
  }

  /** Of whom the second method is demanded. */
  public enum ForWhom {
    /** Who has no second factor is not let in. */
    EVERYONE,
    /** Who has no second factor is let in with a key alone. */
    ENROLLED
  }

  /** Who must prove a second factor, all keys taken together. */
  public SecondFactorSettings secondFactors() {
    Demand demand =
        methods.size() == 1
            ? Demand.OF_NOBODY
            : switch (secondFactor) {
              case EVERYONE -> Demand.OF_EVERYONE;
              case ENROLLED -> Demand.OF_ENROLLED;
            };
    return new SecondFactorSettings(demand, securityKeys);
  }

  /** Whether anybody can prove a second factor at all. */
  boolean canProveMore() {
    return methods.size() > 1 || securityKeys != SecurityKeys.NEVER;
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
