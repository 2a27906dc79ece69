package dev.sallyport.auth;

import dev.sallyport.spi.Verdict;

/**
 * The verdict of one plugin on an offered key.
 *
 * @param plugin its type
 */
public record PluginAnswer(String plugin, Verdict verdict) {}
