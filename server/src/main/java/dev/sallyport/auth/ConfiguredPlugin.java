package dev.sallyport.auth;

import dev.sallyport.spi.AuthPlugin;
import java.util.Map;

/**
 * A plugin as the configuration has it.
 *
 * @param type what the configuration and the audit log call it
 * @param settings its block without {@code type}; may hold secrets
 * @param plugin open; whoever holds the configuration closes it
 */
public record ConfiguredPlugin(String type, Map<String, Object> settings, AuthPlugin plugin) {
  public ConfiguredPlugin {
    settings = Map.copyOf(settings);
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
