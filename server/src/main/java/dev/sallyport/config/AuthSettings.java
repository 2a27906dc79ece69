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
 * How users log in ({@code sallyport.auth}).
 *
 * @param methods the methods that a user must pass, in this order, by their SSH names (RFC 4252,
 *     section 7; RFC 4256)
 * @param secondFactor which users must pass keyboard-interactive, if {@code methods} has it
 * @param securityKeys what FIDO keys must attest to count as a second factor
 * @param pluginJars jars with additional plugins; absolute paths
 * @param plugins in the order in which they are asked; at least one
 * @param recheck how live connections are rechecked
 * @param banner what clients are shown before the login
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

  /** Which users must pass the second method. */
  public enum ForWhom {
    /** All users; those without a second factor cannot log in. */
    EVERYONE,
    /** Users who are enrolled; others log in with a key alone. */
    ENROLLED
  }

  /** The settings of the second factor, from all keys together. */
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

  /** Whether any user can prove a second factor at all. */
  boolean canProveMore() {
    return methods.size() > 1 || securityKeys != SecurityKeys.NEVER;
  }

  /**
   * A configured plugin.
   *
   * @param settings its block without {@code type}
   */
  public record Plugin(String type, Map<String, Object> settings) {
    public Plugin {
      settings = Map.copyOf(settings);
    }
  }
}
