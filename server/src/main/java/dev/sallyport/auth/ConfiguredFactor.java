package dev.sallyport.auth;

import dev.sallyport.spi.InteractiveFactor;

/**
 * The second factor that users are asked for.
 *
 * @param plugin the type of the plugin whose it is
 */
public record ConfiguredFactor(String plugin, InteractiveFactor factor) {}
