package dev.sallyport.auth;

import dev.sallyport.spi.Verdict;

/**
 * What one plugin said of an offered key.
 *
 * @param plugin its type
 */
public record PluginAnswer(String plugin, Verdict verdict) {}
