package dev.sallyport.auth;

import dev.sallyport.spi.AuthPlugin;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A plugin as the configuration has it.
 *
 * @param type what the configuration and the audit log call it
 * @param settings its block without {@code type}; may hold secrets
 * @param plugin open; whoever holds the configuration closes it
 */
public record ConfiguredPlugin(String type, Map<String, Object> settings, AuthPlugin plugin) {
  private static final Logger LOG = LoggerFactory.getLogger(ConfiguredPlugin.class);

  public ConfiguredPlugin {
    settings = Map.copyOf(settings);
  }

  /** Closes them, last first; one that fails keeps none of the others open. */
  public static void close(List<ConfiguredPlugin> plugins) {
    for (ConfiguredPlugin one : plugins.reversed()) {
      try {
        one.plugin().close();
      } catch (RuntimeException | Error bug) {
        LOG.error("plugin {} failed when it was closed", one, bug);
      }
    }
  }

  /** Whether the other was opened for the same block, before or after a reload. */
  boolean isSameBlock(ConfiguredPlugin other) {
    return type.equals(other.type) && settings.equals(other.settings);
  }

  /** Without the settings. */
  @Override
  public String toString() {
    return type;
  }
}
