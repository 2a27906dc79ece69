package dev.sallyport.auth;

import dev.sallyport.spi.AuthPlugin;

/**
 * A plugin as the configuration has it.
 *
 * @param type what the configuration and the audit log call it
 * @param plugin open; whoever holds the configuration closes it
 */
public record ConfiguredPlugin(String type, AuthPlugin plugin) {}
