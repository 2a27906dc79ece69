package dev.sallyport.auth;

import dev.sallyport.spi.AuthPlugin;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A configured plugin.
 *
 * @param type its name in the configuration and the audit log
 * @param settings its block without {@code type}; may contain secrets
 * @param plugin open; closed by the owner of the configuration
 */
public record ConfiguredPlugin(String type, Map<String, Object> settings, AuthPlugin plugin) {
  private static final Logger LOG = LoggerFactory.getLogger(ConfiguredPlugin.class);

  public ConfiguredPlugin {
    settings = Map.copyOf(settings);
  }

  /** Closes plugins in reverse order. A failure of one does not stop the others. */
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

  /** Without the settings, which may contain secrets. */
  @Override
  public String toString() {
    return type;
  }
}
